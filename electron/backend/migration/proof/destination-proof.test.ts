import { describe, expect, it } from 'vitest';
import { findSecondary } from '#shared/fleet/selectors.ts';
import { planMigration } from '#shared/procedure/plan/migrate/migrate.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { type MigrationWorld, openMigrationWorld } from '../../test-support/migration-world.ts';

const source = 'hv-a:db-primary';
const destination = 'hv-b:db-primary';
/** Migrates, and lets something happen once, when a step begins or when it has just been carried out and read back. */
async function migrateWith(
  world: MigrationWorld,
  moment: { readonly index: number; readonly when: 'running' | 'done' },
  happens: (run: ProcedureRun) => void,
): Promise<ProcedureRun> {
  let happened = false;
  world.listeners.add((run) => {
    if (happened || run.steps[moment.index]?.status !== moment.when) return;
    happened = true;
    happens(run);
  });
  const run = await world.migrate();
  expect(happened).toBe(true);
  return run;
}

/** From the commit of the state to the last step before the source is given up. */
function dangerousSteps({ writer, requestFor }: MigrationWorld): number[] {
  const plan = planMigration(writer.fleet, requestFor());
  if (!plan.ok) throw new Error(plan.error.message);
  const steps = plan.value.steps.map(({ step }) => step);
  const committed = steps.findIndex(
    (step) => step.kind === 'vfio-set-state' && step.state === 'STOP' && step.controllerId.startsWith('hv-b'),
  );
  const givenUp = steps.findIndex((step) => step.kind === 'vm-destroy');
  expect(committed).toBeGreaterThan(0);
  expect(givenUp).toBeGreaterThan(committed + 5);
  return steps.flatMap((_, index) => (index >= committed && index < givenUp ? [index] : []));
}

describe('a destination function that is lost between the commit of its state and the end of the source', {
  timeout: 120_000,
}, () => {
  const moments = (['function-reset', 'controller-fatal'] as const).flatMap((fault) =>
    (['running', 'done'] as const).flatMap((when) => [0, 1].map((device) => ({ fault, when, device }))),
  );

  it.each(moments)('$fault of device $device, steps $when: the source is never given up', async (moment) => {
    const endings = new Set<string>();
    let world = await openMigrationWorld();
    const steps = dangerousSteps(world);
    // Behind the last comparison there is nothing any more that could stop the run.
    for (const index of moment.when === 'done' ? steps.slice(0, -1) : steps) {
      const start = structuredClone(world.writer.fleet);
      const request = world.requestFor();
      const struck = request.devices[moment.device]?.destinationId ?? '';
      const run = await migrateWith(world, { index, when: moment.when }, () =>
        world.strikeFunction(struck, moment.fault),
      );
      const step = `${index} ${run.plan.steps[index]?.words}: ${run.status} ${run.error?.message}`;
      const end = await world.writer.reread(['hv-a', 'hv-b']);
      endings.add(run.status);
      const running = [source, destination].filter((id) => end.virtualMachines[id]?.state === 'running');
      expect(running.length, step).toBe(1);
      world.listeners.clear();
      if (run.status === 'rolled-back') {
        expect(run.leftovers, step).toEqual([]);
        expect(end, step).toEqual(start);
        continue;
      }
      if (run.status === 'done') {
        // The guest ran when its function was reset, noticed, and set it up again: it has lost nothing.
        expect(moment.fault, step).toBe('function-reset');
        await world.guest(end, struck);
        world = await openMigrationWorld();
        continue;
      }
      expect(run.status, step).toBe('failed');
      // The guest ran at the destination: its source is as it was left, and the run says what differs.
      expect(end.virtualMachines[source]?.state, step).toBe('paused');
      for (const { sourceId } of request.devices)
        expect(findSecondary(end, sourceId), step).toMatchObject({
          ...{ online: true, virtualMachineId: source },
          virtualSubsystemId: start.controllers[sourceId]?.role === 'secondary' ? expect.any(String) : null,
        });
      expect(run.migration?.proof.filter(({ equal }) => !equal).length, step).toBeGreaterThan(0);
      expect(run.error?.details?.length, step).toBeGreaterThan(0);
      world = await openMigrationWorld();
    }
    expect(endings.has('rolled-back')).toBe(true);
    if (moment.fault === 'controller-fatal') expect(endings).toEqual(new Set(['rolled-back', 'failed']));
  });
});
