import { rm } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { isInPool } from '#shared/fleet/selectors.ts';
import { expect, expectAccessible, test } from '../fixtures.ts';
import { type Program, temporaryFolder } from '../launch.ts';
import { expectFleet, lastRun, readFleet, readHistory, request, startReviewed } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';
import { TopologyPage } from '../pages/topology.ts';
import { WizardPage } from '../pages/wizard.ts';

const size = { width: 1440, height: 900 };
let dataFolder = '';

test.beforeEach(async () => {
  dataFolder = await temporaryFolder();
});
test.afterEach(async () => {
  await rm(dataFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

test('fleet and history are there again after closing', async ({ launch }) => {
  const first = await launch({ size, dataFolder });
  const topology = new TopologyPage(first.page);
  await topology.drag(
    topology.item('VF 5 of hv-a/nvme1'),
    topology.item('Virtual subsystem tenant-web on hv-a'),
  );
  await new FramePage(first.page).apply();
  await expect(topology.item('VF 5 of hv-a/nvme1')).toHaveAccessibleName(/in tenant-web/);
  const wizard = new WizardPage(first.page);
  await wizard.prepare('db-primary', 'hv-b');
  await wizard.migrate();
  await wizard.expectResult('db-primary moved from hv-a to hv-b');
  const fleet = await readFleet(first.page);
  const history = await readHistory(first.page);
  expect(history).toHaveLength(2);
  await first.close();

  const { page } = await launch({ size, dataFolder });
  expect(await readFleet(page)).toEqual(fleet);
  expect(await readHistory(page)).toEqual(history);
  await expect(new TopologyPage(page).item('Virtual machine db-primary on hv-b')).toBeVisible();
  await new FramePage(page).goTo('History');
  await page
    .getByRole('navigation', { name: 'Procedures' })
    .getByRole('button', { name: /tenant-web/ })
    .click();
  await expect(page.getByRole('article', { name: /tenant-web/ })).toContainText('Add VF 5');
});

/** Kills the program in the middle of copying the memory of a guest, and opens it again. */
async function interrupt(
  launch: (options: object) => Promise<Program>,
  before: (page: Page) => Promise<void>,
  policy?: 'Stop-and-copy',
) {
  const first = await launch({ size, dataFolder });
  await before(first.page);
  const wizard = new WizardPage(first.page);
  await wizard.prepare('db-primary', 'hv-b', policy);
  await wizard.migrate();
  await expect(first.page.getByText(/GiB left/).first()).toBeVisible();
  await first.kill();
  const { page } = await launch({ size, dataFolder });
  const offer = page.getByRole('note').filter({ hasText: 'Interrupted: ' });
  await expect(offer).toContainText('db-primary');
  expect((await lastRun(page)).status).toBe('interrupted');
  return { page, offer };
}

test('a killed migration can be rolled back to the start', async ({ launch }) => {
  let start: Awaited<ReturnType<typeof readFleet>> | null = null;
  const { page, offer } = await interrupt(launch, async (first) => {
    start = await readFleet(first);
  });
  await offer.getByRole('button', { name: 'Roll back…' }).click();
  const sheet = page.getByRole('dialog', { name: /^Roll back: Move db-primary/ });
  await sheet.getByRole('button', { name: 'Roll back' }).click();
  await expect(sheet).toBeHidden();
  await expect(offer).toHaveCount(0);
  await expect.poll(async () => (await lastRun(page)).status).toBe('rolled-back');
  expect(start).not.toBeNull();
  if (start !== null) await expectFleet(page, start);
});

test('a killed migration can be resumed to its end', async ({ launch }) => {
  const { page, offer } = await interrupt(launch, async () => undefined);
  await offer.getByRole('button', { name: 'Resume…' }).click();
  const sheet = page.getByRole('dialog', { name: /^Resume: Move db-primary/ });
  await sheet.getByRole('button', { name: 'Resume' }).click();
  await expect(offer).toHaveCount(0);
  await expect.poll(async () => (await lastRun(page)).status, { timeout: 30_000 }).toBe('done');
  const run = await lastRun(page);
  expect(run.migration?.proof.length).toBeGreaterThan(0);
  expect(run.migration?.proof.filter((line) => !line.equal)).toEqual([]);
  const fleet = await readFleet(page);
  expect(fleet.virtualMachines['hv-b:db-primary']?.state).toBe('running');
  expect(fleet.virtualMachines['hv-a:db-primary']).toBeUndefined();
});

test('the ways on of a killed migration are looked at by keyboard, and nothing happens before one is taken', async ({
  launch,
}) => {
  // Its guest stands still: that is what must be agreed to.
  const { page, offer } = await interrupt(launch, async () => undefined, 'Stop-and-copy');
  const before = [await lastRun(page), await readFleet(page)];
  await offer.getByRole('button', { name: 'Resume…' }).focus();
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog', { name: /: Move db-primary to hv-b$/ });
  const steps = sheet.getByRole('list', { name: 'Steps', exact: true });
  await expect(sheet).toContainText(/Step \d+ is uncertain: Copy the memory of db-primary/);
  await expect(sheet).toContainText('db-primary is on hv-a (paused) and on hv-b (incoming).');
  await expect(steps.getByRole('listitem').first()).toContainText('Copy the memory of db-primary');
  // Past its point of no return it only goes forward, so Enter alone does not begin it.
  await expect(sheet.getByRole('button', { name: 'Cancel' })).toBeFocused();
  // Every step can be scrolled to.
  expect(await steps.evaluate((list) => list.scrollHeight - list.clientHeight)).toBe(0);
  await expectAccessible(page);

  await sheet.getByRole('radio', { name: /^Resume/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await expect(sheet).toHaveAccessibleName(/^Roll back/);
  await expect(sheet).toContainText('What Roll back does, the last step first');
  await expect(steps.getByRole('listitem').last()).toContainText('Undoes step 1');
  await expectAccessible(page);

  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await expect(sheet).toHaveAccessibleName(/^Leave as it is/);
  await expect(sheet.getByRole('alert')).toContainText(
    'It can be neither resumed nor rolled back afterwards.',
  );
  await expect(sheet.getByRole('list', { name: 'Steps that stay' })).toContainText('uncertain');
  await expect(sheet.getByRole('checkbox', { name: /db-primary stands paused on hv-a/ })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  expect([await lastRun(page), await readFleet(page)]).toEqual(before);
});

test('a way back that cuts a guest off is refused without the box, by the program too', async ({
  launch,
}) => {
  const first = await launch({ size, dataFolder });
  await request(first.page, 'simulation:set-clock', { mode: 'paused' });
  const free = Object.values((await readFleet(first.page)).controllers).filter(
    (one) => one.role === 'secondary' && one.hostId === 'hv-a' && one.pciAddress !== null && isInPool(one),
  );
  const secondaryIds = free.slice(0, 2).map(({ id }) => id);
  const target = { kind: 'virtual-machine', virtualMachineId: 'hv-a:db-primary' } as const;
  const { plan } = await startReviewed(first.page, { kind: 'assign', secondaryIds, target });
  const handed = plan.steps.findIndex(({ step }) => step.kind === 'vm-attach-device');
  while ((await lastRun(first.page)).steps[handed]?.status !== 'done')
    await request(first.page, 'simulation:step', {});
  await first.kill();

  const { page } = await launch({ size: { width: 1024, height: 700 }, dataFolder });
  await request(page, 'simulation:set-clock', { mode: 'as-fast-as-possible' });
  const { id: runId } = await lastRun(page);
  const way = { runId, how: 'roll-back' } as const;
  const { digest, fleetRevision } = await request(page, 'procedure:plan-recover', way);
  await expect(
    request(page, 'procedure:recover', { ...way, reviewed: { digest, fleetRevision } }),
  ).rejects.toThrow('You have not agreed that db-primary loses a drive');

  const offer = page.getByRole('note').filter({ hasText: 'Interrupted: ' });
  await offer.getByRole('button', { name: 'Roll back…' }).focus();
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog', { name: /^Roll back: Assign/ });
  const box = sheet.getByRole('checkbox', { name: /db-primary loses a drive/ });
  await expect(box).toBeFocused();
  await expect(sheet).toContainText(/db-primary loses the drive behind VF \d+ while it runs/);
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  expect((await lastRun(page)).status).toBe('interrupted');
  await page.keyboard.press('Space');
  await sheet.getByRole('button', { name: 'Roll back' }).focus();
  await page.keyboard.press('Enter');
  await expect(sheet).toBeHidden();
  await expect.poll(async () => (await lastRun(page)).status).toBe('rolled-back');
  const { controllers } = await readFleet(page);
  for (const id of secondaryIds) expect(controllers[id]).toMatchObject({ virtualMachineId: null });
});
