import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { inspect } from '../inspect.ts';
import { captureFolder } from '../launch.ts';
import { readFleet, request } from '../pages/fleet.ts';
import { TopologyPage } from '../pages/topology.ts';

const terminal = (page: Page, host = 'hv-a') => page.getByRole('group', { name: `Terminal of ${host}` });
const dockTab = (page: Page) => page.getByRole('tab', { name: 'Terminal' });

/** What is on the screen of the terminal. */
async function screenText(page: Page, host = 'hv-a'): Promise<string> {
  const rows = await terminal(page, host).locator('.xterm-rows > div').allTextContents();
  return rows.join('\n').replaceAll('\u00a0', ' ');
}

const scripts = (page: Page) =>
  page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));

test('a line in the terminal changes the picture, by keyboard alone', async ({ launch }) => {
  const program = await launch({ size: { width: 1440, height: 900 } });
  const { page } = program;
  const before = await scripts(page);
  expect(before.filter((name) => /terminal-tab|host-terminal|xterm/.test(name))).toEqual([]);
  await page.keyboard.press('Control+`');
  await expect(dockTab(page)).toHaveAttribute('aria-selected', 'true');
  await expect.poll(() => screenText(page)).toContain('root@hv-a ~ #');
  const free = Object.values((await readFleet(page)).controllers).find(
    (one) => one.role === 'secondary' && one.hostId === 'hv-a' && !one.online && one.pciAddress !== null,
  );
  await page.keyboard.type(`nvme virt-mgmt /dev/nvme1 -c ${free?.cntlid ?? 0} -r 0 -a 8 -n 2\n`);
  await expect.poll(() => screenText(page)).toContain('(NRM):0x2');
  await expect
    .poll(async () => (await readFleet(page)).controllers[free?.id ?? ''])
    .toMatchObject({ nvq: 2 });
  // Refused by the device, in its words alone: a pipe gets no cause and no fix.
  await page.keyboard.type(`nvme virt-mgmt /dev/nvme1 -c 65000 -a 9 2>&1 | cat\n`);
  await expect.poll(() => screenText(page)).toContain('NVMe status: ');

  await inspect(program, 'terminal');

  // Out of it in both directions: the focus is not caught.
  await page.keyboard.press('F6');
  await expect(page.getByRole('button', { name: 'Stop the line' })).toBeFocused();
  await page.keyboard.press('Control+`');
  await page.keyboard.press('Shift+Tab');
  await expect(page.getByRole('region', { name: 'Dock' }).locator(':focus')).toHaveCount(1);
  await expect(terminal(page).locator(':focus')).toHaveCount(0);

  await dockTab(page).focus();
  await page.getByRole('tab', { name: 'Commands' }).click();
  // Reading the fleet again sends many more.
  await page.getByRole('textbox', { name: 'Filter commands' }).fill('Secondary Assign');
  await expect(
    page
      .getByRole('grid')
      .getByText(/Secondary Assign/)
      .last(),
  ).toBeVisible();
  // It is as it was left.
  await dockTab(page).click();
  await expect.poll(() => screenText(page)).toContain('(NRM):0x2');
});

test('a line that would not end is stopped, and the window stays responsive', async ({ launch }) => {
  const { page } = await launch({ size: { width: 1440, height: 900 } });
  await page.keyboard.press('Control+`');
  await expect.poll(() => screenText(page)).toContain('root@hv-a ~ #');
  await page.keyboard.type('while true; do echo again; done\n');
  await expect.poll(() => screenText(page)).toContain('again');
  const began = Date.now();
  await request(page, 'simulation:clock', {});
  expect(Date.now() - began).toBeLessThan(2000);
  await page.keyboard.press('Control+c');
  await expect.poll(() => screenText(page)).toContain('sh: interrupted');
  await page.keyboard.type('exit\n');
  await expect.poll(() => screenText(page)).toContain('The shell has ended. Press Enter for a new one.');
  await page.keyboard.press('Enter');
  await expect.poll(() => screenText(page)).toMatch(/new one\.[\s\S]*root@hv-a ~ #/);
});

test('a capture offers its twin, and the terminal follows the selection', async ({ launch }) => {
  const { page } = await launch({ source: captureFolder('02-sriov-4vf') });
  await page.keyboard.press('Control+`');
  await expect(page.getByText('A capture cannot run commands')).toBeVisible();
  await page
    .getByRole('region', { name: 'Dock' })
    .getByRole('button', { name: 'Open as simulated twin' })
    .click();
  await expect.poll(() => screenText(page, '02-sriov-4vf')).toContain('root@02-sriov-4vf ~ #');
  await request(page, 'fleet:open', { kind: 'built-in', name: 'two-hosts' });
  await expect.poll(() => screenText(page, 'hv-a')).toContain('root@hv-a ~ #');
  const topology = new TopologyPage(page);
  await topology.item('Primary controller hv-b/nvme2').click();
  await expect.poll(() => screenText(page, 'hv-b')).toContain('root@hv-b ~ #');
});
