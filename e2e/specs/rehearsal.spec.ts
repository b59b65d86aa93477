import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { inspect } from '../inspect.ts';
import { expectFleet, lastRun, readFleet } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';

const panel = (page: Page) => page.getByRole('region', { name: 'Rehearsal', exact: true });
const controls = (page: Page) => page.getByRole('region', { name: 'Controls of the rehearsal' });
const button = (page: Page, name: string | RegExp) =>
  panel(page).or(controls(page)).getByRole('button', { name });
const status = (page: Page) => panel(page).getByRole('status');

async function choose(page: Page, name: string, lines: readonly string[]): Promise<void> {
  await controls(page)
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'text/x-shellscript', buffer: Buffer.from(lines.join('\n')) });
  await expect(status(page)).toContainText('ready');
}

test('a script is rehearsed line by line on a copy, up to what it would interrupt, and kept as a report', async ({
  launch,
}) => {
  const program = await launch({ size: { width: 1440, height: 900 } });
  const { page, app, dataFolder } = program;
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
  // Which functions a line touched, and which lines a function.
  const grid = panel(page).getByRole('region', { name: 'Functions of hv-a/nvme1' });
  await expect(grid.getByRole('button')).toHaveCount(2);
  await expect(grid.getByRole('button', { name: /would be taken from its guest/ })).toBeVisible();
  const touched = grid.getByRole('button', { name: /changed by line 6/ });
  // By keyboard.
  await touched.focus();
  await page.keyboard.press('Space');
  await expect(touched).toHaveAttribute('aria-pressed', 'true');
  const changes = panel(page).getByRole('region', { name: 'What changed so far' });
  await expect(changes.getByText('VQ free')).toBeHidden();
  await inspect(program, 'rehearsal');
  await touched.click();
  await expect(changes.getByText('VQ free')).toBeVisible();

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

test('a terminal on the copy changes the copy alone, and what was rehearsed is planned on the real fleet', async ({
  launch,
}) => {
  const program = await launch({ size: { width: 1440, height: 900 } });
  const { page } = program;
  const before = await readFleet(page);
  const free = Object.values(before.controllers).filter(
    (one) => one.role === 'secondary' && one.hostId === 'hv-a' && !one.online && one.pciAddress !== null,
  );
  const [first, second] = free;
  const used = Object.values(before.controllers).find(
    (one) => one.role === 'secondary' && one.hostId === 'hv-a' && one.virtualMachineId !== null,
  );
  await new FramePage(page).goTo('Commands');
  await page.getByRole('radio', { name: 'Rehearse a script' }).click();
  await choose(page, 'pair.sh', [
    'nvme version',
    `for id in ${used?.cntlid ?? 0} ${used?.cntlid ?? 0}; do`,
    '  nvme virt-mgmt /dev/nvme1 -c $id -a 7',
    'done',
    `nvme virt-mgmt /dev/nvme1 -c ${first?.cntlid ?? 0} -r 1 -a 8 -n 2`,
    `nvme virt-mgmt /dev/nvme1 -c ${first?.cntlid ?? 0} -r 0 -a 8 -n 4`,
    `nvme virt-mgmt /dev/nvme1 -c ${first?.cntlid ?? 0} -a 9`,
  ]);
  await controls(page).getByRole('combobox', { name: 'nvme-cli of the script' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option', { name: 'nvme-cli 2.3' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(status(page)).toContainText('ready');
  await button(page, 'Run').click();
  await expect(status(page)).toContainText('line 3 would interrupt a guest');
  // Asked once, though the line comes twice.
  await button(page, 'Run on without line 3').focus();
  await page.keyboard.press('Enter');
  await expect(status(page)).toContainText('It ran to its end.');
  await expect(panel(page).getByRole('list', { name: 'Script' })).toContainText('always left out');
  await panel(page)
    .getByRole('button', { name: /nvme version/ })
    .click();
  await expect(panel(page).getByRole('region', { name: 'This line' })).toContainText('nvme version 2.13');
  await page.keyboard.press('Enter');

  // By keyboard alone.
  await page.keyboard.press('Control+`');
  const terminal = page.getByRole('group', { name: 'Terminal of the copy of hv-a' });
  const screen = async () =>
    (await terminal.locator('.xterm-rows > div').allTextContents()).join('\n').replaceAll('\u00a0', ' ');
  await expect.poll(screen).toContain('root@hv-a (copy) ~ #');
  await page.keyboard.type(`nvme virt-mgmt /dev/nvme1 -c ${second?.cntlid ?? 0} -r 0 -a 8 -n 2\n`);
  await expect.poll(screen).toContain('(NRM):0x2');
  const changes = panel(page).getByRole('region', { name: 'What changed so far' });
  await expect(changes).toContainText('by hand');
  await expectFleet(page, before);
  await inspect(program, 'rehearsal-terminal');
  await page.keyboard.press('F6');
  await expect(panel(page).getByRole('button', { name: 'Stop the line' })).toBeFocused();
  await panel(page).getByRole('button', { name: 'Hide the terminal on the copy' }).click();
  await expect(terminal).toBeHidden();

  await button(page, 'Plan it on the real fleet…').focus();
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog', { name: /^Take over what was rehearsed/ });
  await expect(sheet.getByRole('list', { name: 'Steps' })).toBeVisible();
  await inspect(program, 'rehearsal-plan');
  await expectFleet(page, before);
  await new FramePage(page).apply();
  await expect.poll(async () => (await lastRun(page)).status).toBe('done');
  const after = await readFleet(page);
  expect(after.controllers[first?.id ?? '']).toMatchObject({ online: true, nvq: 4, nvi: 2 });
  expect(after.controllers[second?.id ?? '']).toMatchObject({ online: false, nvq: 2, nvi: 0 });
  expect(after.controllers[used?.id ?? '']).toMatchObject({ online: true });
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
