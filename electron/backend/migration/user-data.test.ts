import { describe, expect, it } from 'vitest';
import { type FleetFile, fleetFileSchema } from '#shared/fleet-file/schema.ts';
import { checkCompatibility, unacknowledgedWarnings } from '#shared/migration/checks/compatibility.ts';
import { defaultPreCopyOptions } from '#shared/migration/pre-copy/options.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { requestFor } from '../test-support/migration-request.ts';
import { type MigrationWorld, openMigrationWorld } from '../test-support/migration-world.ts';
import { twoDrives } from '../test-support/two-drives.ts';

const story = ({ status, error, steps, plan, leftovers }: ProcedureRun) =>
  JSON.stringify(
    [
      status,
      error,
      leftovers,
      steps.flatMap((step, index) => (step.error ? [plan.steps[index]?.words, step.error] : [])),
    ],
    null,
    1,
  );

const preCopy = { preCopy: defaultPreCopyOptions, downtimeBudgetMilliseconds: 300 };

describe('a guest whose namespaces are on another drive at the destination', { timeout: 30_000 }, () => {
  it.each([
    ['while it goes on', preCopy],
    ['after it was stopped', {}],
  ] as const)('finds its data there when it is moved %s', async (_, options) => {
    const world = await openMigrationWorld(twoDrives());
    const run = await world.migrate(options);
    expect(run.status, story(run)).toBe('done');
    const { userData, proof } = run.migration!;
    expect(userData?.length).toBe(2);
    for (const { checksum, arrived } of userData ?? []) expect(arrived).toBe(checksum);
    expect(proof.filter(({ equal }) => !equal)).toEqual([]);
    expect(proof.filter(({ what }) => /user data/.test(what)).length).toBe(2);
    const left = Object.values(world.writer.fleet.controllers).filter(
      (controller) => controller.role === 'secondary' && controller.userDataQueue === true,
    );
    expect(left).toEqual([]);
  });
});

it('takes no more of the link than its migration may', { timeout: 30_000 }, async () => {
  const mostBytesPerSecond = 250_000_000;
  const world = await openMigrationWorld(twoDrives());
  const limited = { ...defaultPreCopyOptions, mostBytesPerSecond };
  const run = await world.migrate({ ...preCopy, preCopy: limited });
  expect(run.status, story(run)).toBe('done');
  const [round] = run.migration?.preCopy?.rounds ?? [];
  expect(round?.userDataSentBytes).toBeGreaterThanOrEqual(2 ** 30);
  expect(round?.bytesPerSecond).toBeGreaterThan(0.9 * mostBytesPerSecond);
  expect(round?.bytesPerSecond).toBeLessThan(1.02 * mostBytesPerSecond);
});

/** Two drives, and a third host with a guest of its own whose namespaces look like those of hv-a. */
function threeDrives(): FleetFile {
  const file = twoDrives();
  const [host] = file.hosts;
  const [drive] = file.subsystems;
  if (host === undefined || drive === undefined) throw new Error('two drives');
  const elsewhere = <T>(part: T): T =>
    JSON.parse(
      JSON.stringify(part)
        .replaceAll('hv-a', 'hv-c')
        .replaceAll('db-primary', 'db-other')
        .replaceAll('my_v_nqn_1', 'other')
        .replaceAll(drive.nqn, 'nqn.2014-08.org.nvmexpress:uuid:5e1f4c10-7a3d-4a91-b0c7-d1f0a0b356f6'),
    );
  return fleetFileSchema.parse({
    ...file,
    hosts: [...file.hosts, elsewhere(host)],
    subsystems: [...file.subsystems, elsewhere(drive)],
  });
}

it('is not copied into a namespace that another migration is filling', { timeout: 30_000 }, async () => {
  const world = await openMigrationWorld(threeDrives());
  const begin = ({ runner }: MigrationWorld, virtualMachineId: string) => {
    const fleet = runner.migrationFleet();
    const request = requestFor(fleet, { virtualMachineId, options: preCopy });
    const acknowledged = unacknowledgedWarnings(checkCompatibility(fleet, request), []).map(({ id }) => id);
    return runner.start({ kind: 'migrate', request: { ...request, acknowledged } });
  };
  const one = await begin(world, 'hv-a:db-primary');
  const other = await begin(world, 'hv-c:db-other');
  expect(other.ok ? null : other.error).toMatchObject({
    ...{ code: 'refused', object: 'db-other', field: 'The destination has no other user, NSID 2' },
  });
  // Alone it may begin: nothing but the first one is in its way.
  const empty = await openMigrationWorld(threeDrives());
  for (const [{ runner }, started] of [
    [world, one],
    [empty, await begin(empty, 'hv-c:db-other')],
  ] as const) {
    if (!started.ok) throw new Error(started.error.message);
    const run = await runner.finished(started.value.id);
    expect(run?.status, run === null ? '' : story(run)).toBe('done');
    const digests = run?.migration?.userData?.map(({ checksum, arrived }) => checksum === arrived);
    expect(digests).toEqual([true, true]);
  }
});
