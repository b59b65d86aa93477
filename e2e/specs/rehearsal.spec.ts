import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from '../fixtures.ts';
import { setSize, setTheme } from '../launch.ts';
import { expectFleet, readFleet } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';

const panel = (page: Page) => page.getByRole('region', { name: 'Rehearsal' });
const button = (page: Page, name: string | RegExp) => panel(page).getByRole('button', { name });
const status = (page: Page) => panel(page).getByRole('status');

async function choose(page: Page, name: string, lines: readonly string[]): Promise<void> {
  await panel(page)
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'text/x-shellscript', buffer: Buffer.from(lines.join('\n')) });
  await expect(status(page)).toContainText('ready');
}

test('a script is rehearsed line by line on a copy, up to what it would interrupt, and kept as a report', async ({
  launch,
}) => {
  const { page, app, dataFolder } = await launch({ size: { width: 1440, height: 900 } });
  const before = await readFleet(page);
  const secondaries = Object.values(before.controllers).filter(
    (one) => one.role === 'secondary' && one.hostId === 'hv-a' && one.pciAddress !== null,
  );
  const of = (isUsed: boolean) =>
    secondaries.find(
      (one) =>
        one.role === 'secondary' &&
        (isUsed ? one.virtualMachineId !== null : !one.online && one.virtualMachineId === null),
    );
  const [free, used] = [of(false)?.cntlid ?? 0, of(true)];
  const guest =
    used?.role === 'secondary' ? (before.virtualMachines[used.virtualMachineId ?? '']?.name ?? '') : '';
  const script = [
    '#!/bin/sh',
    '# two resources for a free controller',
    'DEV=/dev/nvme1',
    'echo 9999 > /sys/class/nvme/nvme1/device/sriov_numvfs',
    'for type in 0 1; do',
    `  nvme virt-mgmt $DEV -c ${free} -r $type -a 8 -n 2`,
    'done',
    `nvme virt-mgmt $DEV -c ${used?.cntlid ?? 0} -a 7`,
    'nvme list',
  ];

  await new FramePage(page).goTo('Commands');
  await page.getByRole('radio', { name: 'Rehearse a script' }).click();
  await choose(page, 'tenant-api.sh', script);
  await expect(panel(page)).toContainText('On a copy of the fleet');
  await button(page, 'Step').click();
  await expect(status(page)).toContainText('paused before line 4');
  await page.keyboard.press('F8');
  await expect(status(page)).toContainText('paused before line 6');
  await expect(panel(page)).toContainText('write error: Numerical result out of range');
  await expect(panel(page)).toContainText('64 virtual functions (sriov_totalvfs)');

  await button(page, 'Run on').click();
  await expect(status(page)).toContainText('line 8 would interrupt a guest');
  await expect(panel(page).getByRole('alert')).toContainText(`This line would interrupt ${guest}`);
  await expect(panel(page).getByRole('region', { name: 'What changed so far' })).toContainText('line 6');
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(app, theme);
    for (const size of [
      { width: 1024, height: 700 },
      { width: 1440, height: 900 },
    ]) {
      await setSize(app, page, size);
      await page.screenshot({ path: `test-results/screens/rehearsal-${theme}-${size.width}.png` });
    }
    await test.step(theme, () => expectAccessible(page));
  }

  await button(page, 'Run it on the copy').click();
  await expect(status(page)).toContainText('paused before line 9');
  await button(page, 'Run on').click();
  await expect(status(page)).toContainText('It ran to its end.');
  await expect(panel(page)).toContainText('by line 8');
  await expectFleet(page, before);

  const file = path.join(dataFolder, 'rehearsal.html');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, file);
  await button(page, 'Keep as report…').click();
  await expect(new FramePage(page).notice('Report exported')).toBeVisible();
  const html = await readFile(file, 'utf8');
  expect(html).toContain('Rehearsal of tenant-api.sh on hv-a');
  expect(html).toContain('SIMULATED FLEET');

  await button(page, 'Start again from a fresh copy').click();
  await expect(status(page)).toContainText('ready');
});

test('a dropped script that loops for ever is stopped, and a garbage file is refused', async ({ launch }) => {
  const { page } = await launch({ size: { width: 1440, height: 900 } });
  const drop = (name: string, text: string) =>
    page.evaluate(
      ([fileName, content]) => {
        const data = new DataTransfer();
        data.items.add(new File([content ?? ''], fileName ?? ''));
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
      },
      [name, text],
    );
  await drop('endless.sh', 'while true; do\n  true\ndone\n');
  await expect(status(page)).toContainText('ready');
  await button(page, 'Run').click();
  await expect(status(page)).toContainText('running');
  await button(page, 'Stop').click();
  await expect(status(page)).toContainText(/It stopped in line [12]/);
  await drop('garbage.sh', 'echo \0\0');
  await expect(panel(page)).toContainText('garbage.sh is not a text.');
  await drop('large.sh', 'x'.repeat(300 * 1024));
  await expect(panel(page)).toContainText('a script has at most 256 KiB');
});
