import { expect, it, vi } from 'vitest';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import { environmentChecks } from '#shared/migration/checks/environment-checks.ts';
import { createProcedureHandlers } from '../handlers/procedure-handlers.ts';
import { openMigrationWorld } from '../test-support/migration-world.ts';

// Test files of one worker share their modules; the ones that were loaded before this file do not know the counter.
vi.hoisted(() => vi.resetModules());
// Counted at the innermost place: whoever runs the checks of a migration, in whatever way, runs these.
vi.mock('#shared/migration/checks/environment-checks.ts', async (original) => {
  const real = await original<typeof import('#shared/migration/checks/environment-checks.ts')>();
  return { ...real, environmentChecks: vi.fn(real.environmentChecks) };
});

it('one start of a migration makes its checks once; they serve acknowledgement, plan and facts', async () => {
  const world = await openMigrationWorld();
  const { writer, runner } = world;
  const handlers = createProcedureHandlers(world);
  const request = world.requestFor({ options: { downtimeBudgetMilliseconds: 1 } });
  const { checks } = checkCompatibility(writer.fleet, request, writer.readTimes);
  const acknowledged = checks.filter(({ verdict }) => verdict === 'warning').map(({ id }) => id);
  expect(acknowledged.length).toBeGreaterThan(0);
  const intent = { kind: 'migrate', request: { ...request, acknowledged } } as const;
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
