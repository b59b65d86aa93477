import { rm } from 'node:fs/promises';
import { defaultMigrationOptions } from '#shared/migration/default-options.ts';
import { defaultPreCopyOptions } from '#shared/migration/pre-copy/options.ts';
import { expect, test } from '../../fixtures.ts';
import { temporaryFolder } from '../../launch.ts';
import { lastRun, readFleet, request, startReviewed } from '../../pages/fleet.ts';

test('killed after the commit, it can only be finished, and the guest runs at exactly one side throughout', async ({
  launch,
}) => {
  const dataFolder = await temporaryFolder();
  const size = { width: 1024, height: 700 };
  const first = await launch({ size, dataFolder });
  const move = { virtualMachineId: 'hv-a:db-primary', destinationHostId: 'hv-b' };
  const { devices } = await request(first.page, 'migration:propose', move);
  // Held with little left to copy: few steps of the clock lead over the commit.
  const options = {
    ...defaultMigrationOptions,
    preCopy: { ...defaultPreCopyOptions, holdBeforeSwitchOver: true },
  };
  await request(first.page, 'simulation:set-clock', { mode: 'as-fast-as-possible' });
  const { id: runId, plan } = await startReviewed(first.page, {
    ...{ kind: 'migrate', request: { ...move, devices, options, acknowledged: [] } },
  });
  await expect
    .poll(async () => (await lastRun(first.page)).migration?.preCopy?.state, { timeout: 30_000 })
    .toBe('holding');
  await request(first.page, 'simulation:set-clock', { mode: 'paused' });
  await request(first.page, 'migration:decide', { runId, decision: 'switch-over' });
  const commit = plan.pointOfNoReturn ?? 0;
  const isCommitted = async () => (await lastRun(first.page)).steps[commit - 1]?.status === 'done';
  for (let step = 0; step < 400 && !(await isCommitted()); step += 1)
    await request(first.page, 'simulation:step', {});
  expect(await isCommitted()).toBe(true);
  expect((await lastRun(first.page)).status).toBe('running');
  await first.kill();

  const { page } = await launch({ size, dataFolder });
  await request(page, 'simulation:set-clock', { mode: 'as-fast-as-possible' });
  const running = async () =>
    Object.values((await readFleet(page)).virtualMachines)
      .filter(({ name, state }) => name === 'db-primary' && state === 'running')
      .map(({ hostId }) => hostId);
  expect((await running()).length).toBeLessThanOrEqual(1);
  const offer = page.getByRole('note').filter({ hasText: 'Interrupted: ' });
  await expect(offer).toContainText('db-primary');
  await offer.getByRole('button', { name: 'Resume…' }).click();
  const sheet = page.getByRole('dialog', { name: /^Resume: Move db-primary/ });
  await sheet.getByRole('button', { name: 'Resume' }).click();
  await expect.poll(async () => (await lastRun(page)).status, { timeout: 30_000 }).toBe('done');
  expect(await running()).toEqual(['hv-b']);
  expect((await readFleet(page)).virtualMachines['hv-a:db-primary']).toBeUndefined();
  await rm(dataFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});
