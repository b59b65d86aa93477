import { rm } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { type Program, temporaryFolder } from '../launch.ts';
import { expectFleet, lastRun, readFleet, readHistory } from '../pages/fleet.ts';
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
) {
  const first = await launch({ size, dataFolder });
  await before(first.page);
  const wizard = new WizardPage(first.page);
  await wizard.prepare('db-primary', 'hv-b');
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
  await offer.getByRole('button', { name: 'Roll back' }).click();
  await expect(offer).toHaveCount(0);
  await expect.poll(async () => (await lastRun(page)).status).toBe('rolled-back');
  expect(start).not.toBeNull();
  if (start !== null) await expectFleet(page, start);
});

test('a killed migration can be resumed to its end', async ({ launch }) => {
  const { page, offer } = await interrupt(launch, async () => undefined);
  await offer.getByRole('button', { name: 'Resume' }).click();
  await expect(offer).toHaveCount(0);
  await expect.poll(async () => (await lastRun(page)).status, { timeout: 30_000 }).toBe('done');
  const run = await lastRun(page);
  expect(run.migration?.proof.length).toBeGreaterThan(0);
  expect(run.migration?.proof.filter((line) => !line.equal)).toEqual([]);
  const fleet = await readFleet(page);
  expect(fleet.virtualMachines['hv-b:db-primary']?.state).toBe('running');
  expect(fleet.virtualMachines['hv-a:db-primary']).toBeUndefined();
});
