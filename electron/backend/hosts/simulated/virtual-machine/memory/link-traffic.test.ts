import { expect, test } from 'vitest';
import { defaultPreCopyOptions } from '#shared/migration/pre-copy/options.ts';
import type { MigrationOptions } from '#shared/migration/request.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { guestFleet, guestName } from '../../../../test-support/guest-fleet.ts';
import { requestFor } from '../../../../test-support/migration-request.ts';
import { openMigrationWorld } from '../../../../test-support/migration-world.ts';

const linkBytesPerSecond = 1_000_000_000;

/** Moves so many guests at once; their runs. */
async function moved(count: number, options: Partial<MigrationOptions>): Promise<ProcedureRun[]> {
  const world = await openMigrationWorld(
    guestFleet({ guests: { 'hv-a': count, 'hv-b': 1 }, memoryBytes: 2 ** 29, linkBytesPerSecond }),
  );
  const ids: string[] = [];
  for (let guest = 0; guest < count; guest++) {
    const virtualMachineId = `hv-a:${guestName('hv-a', guest)}`;
    const request = requestFor(world.runner.migrationFleet(), { virtualMachineId, options });
    const started = await world.runner.start({ kind: 'migrate', request });
    if (!started.ok) throw new Error(started.error.message);
    ids.push(started.value.id);
  }
  const runs = await Promise.all(ids.map((id) => world.runner.finished(id)));
  return runs.flatMap((run) => run ?? []);
}

const firstRate = ({ migration }: ProcedureRun) => migration?.preCopy?.rounds[0]?.bytesPerSecond ?? 0;

test('guests that move at once share the link, and each run measures its share', async () => {
  const [alone] = await moved(1, { preCopy: defaultPreCopyOptions });
  expect(firstRate(alone!) / linkBytesPerSecond).toBeCloseTo(1, 1);
  const runs = await moved(3, { preCopy: defaultPreCopyOptions });
  expect(runs.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
  for (const run of runs) {
    expect(firstRate(run) / linkBytesPerSecond).toBeGreaterThan(0.28);
    expect(firstRate(run) / linkBytesPerSecond).toBeLessThan(0.5);
  }
});

test('a migration takes no more of the link than it may, but for what is left when the guest stands still', async () => {
  const mostBytesPerSecond = 100_000_000;
  const [run] = await moved(1, { preCopy: { ...defaultPreCopyOptions, mostBytesPerSecond } });
  expect(run?.status).toBe('done');
  expect(firstRate(run!)).toBeGreaterThan(0.95 * mostBytesPerSecond);
  expect(firstRate(run!)).toBeLessThan(1.02 * mostBytesPerSecond);
});
