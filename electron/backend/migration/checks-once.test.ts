import { afterEach, expect, it, vi } from 'vitest';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import { environmentChecks } from '#shared/migration/checks/environment-checks.ts';
import { defaultMigrationOptions } from '#shared/migration/default-options.ts';
import { proposeMapping } from '#shared/migration/mapping.ts';
import { createProcedureHandlers } from '../handlers/procedure-handlers.ts';
import { type MigrationWorld, openMigrationWorld } from '../test-support/migration-world.ts';

// Test files of one worker share their modules; the ones that were loaded before this file do not know the counter.
vi.hoisted(() => vi.resetModules());
// Counted at the innermost place: whoever runs the checks of a migration, in whatever way, runs these.
vi.mock('#shared/migration/checks/environment-checks.ts', async (original) => {
  const real = await original<typeof import('#shared/migration/checks/environment-checks.ts')>();
  return { ...real, environmentChecks: vi.fn(real.environmentChecks) };
});

let world: MigrationWorld | undefined;
afterEach(() => world?.close());

it('one start of a migration makes its checks once; they serve acknowledgement, plan and facts', async () => {
  world = await openMigrationWorld();
  const { writer, runner } = world;
  const handlers = createProcedureHandlers(world);
  const virtualMachineId = 'hv-a:db-primary';
  const { devices } = proposeMapping(writer.fleet, virtualMachineId, 'hv-b');
  const options = { ...defaultMigrationOptions, downtimeBudgetMilliseconds: 1 };
  const wanted = { virtualMachineId, destinationHostId: 'hv-b', devices, options };
  const { checks } = checkCompatibility(writer.fleet, { ...wanted, acknowledged: [] });
  const acknowledged = checks.filter(({ verdict }) => verdict === 'warning').map(({ id }) => id);
  expect(acknowledged.length).toBeGreaterThan(0);
  const intent = { kind: 'migrate', request: { ...wanted, acknowledged } } as const;
  const planned = await handlers['procedure:plan']({ intent });
  if (!planned.ok) throw new Error(planned.error.message);
  const { digest, fleetRevision } = planned.value;

  vi.mocked(environmentChecks).mockClear();
  const started = await handlers['procedure:run']({ intent, reviewed: { digest, fleetRevision } });
  if (!started.ok || started.value.outcome !== 'started') throw new Error('it did not start');
  expect(started.value.run.status).toBe('running');
  expect(environmentChecks).toHaveBeenCalledTimes(1);
  const ended = await runner.finished(started.value.run.id);
  expect(ended?.migration?.checks).toEqual(checks);
  expect(environmentChecks).toHaveBeenCalledTimes(1);
});
