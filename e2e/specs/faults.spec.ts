import { expect, expectAccessible, test } from '../fixtures.ts';
import { lastRun, readFleet, startReviewed } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';
import { TopologyPage } from '../pages/topology.ts';

test('a fault meets a command and a host loses its power, by keyboard', async ({ launch }) => {
  const { page } = await launch({ size: { width: 1440, height: 900 } });
  const topology = new TopologyPage(page);
  await topology.click(topology.item('VF 5 of hv-a/nvme1'));
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('inject fault');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /^Faults/ });
  await expect(dialog).toBeVisible();

  // Every command of the drive, so that the secondary's own controller does not matter.
  const controller = dialog.getByRole('combobox', { name: 'Controller' });
  await controller.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const command = dialog.getByRole('combobox', { name: 'Command' });
  await command.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('Virtualization');
  await page.keyboard.press('Enter');
  await expect(command).toContainText('Virtualization Management');
  await dialog.getByRole('textbox', { name: 'Number of commands affected' }).focus();
  await page.keyboard.press('Enter');
  const waiting = dialog.getByRole('list', { name: 'Waiting faults' });
  await expect(waiting).toContainText('Virtualization Management');
  await expect(waiting).toContainText('no matching command yet');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  const fleet = await readFleet(page);
  const secondary = Object.values(fleet.controllers).find(
    (one) => one.role === 'secondary' && one.hostId === 'hv-a' && one.vfn === 5,
  );
  const intent = { kind: 'set-resources' as const, secondaryIds: [secondary?.id ?? ''], vq: 2, vi: 2 };
  await startReviewed(page, intent);
  await expect.poll(async () => (await lastRun(page)).status).not.toBe('running');
  const run = await lastRun(page);
  expect(run.status).toBe('rolled-back');
  expect(run.injected?.[0]?.words).toContain('Virtualization Management');
  await new FramePage(page).goTo('History');
  await expect(page.getByText('Fault injected')).toBeVisible();

  await page.keyboard.press('Control+Shift+F');
  await dialog.getByRole('radio', { name: 'Commands' }).focus();
  await page.keyboard.press('ArrowRight');
  const fault = dialog.getByRole('combobox', { name: 'Fault', exact: true });
  await fault.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('Power loss of a host');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText(/Every virtual machine of hv-a stops/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Inject the fault' }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('list', { name: 'Injected so far' })).toContainText(
    'Power loss of host hv-a',
  );
  const after = await readFleet(page);
  expect(after.virtualMachines['hv-a:db-primary']?.state).toBe('stopped');
});
