import { describe, expect, it } from 'vitest';
import type { Fleet } from '../fleet/schema.ts';
import { migrationFleet } from '../test-support/migration-fleet.ts';
import type { Intent } from './intent.ts';
import { guestsCutOff } from './interruptions.ts';
import { plan } from './plan/plan.ts';
import { planUndo } from './plan/undo.ts';
import type { Plan, StepRun } from './procedure.ts';
import { definitionOf } from './step.ts';

const fleet = migrationFleet();
const primaryId = 'hv-a/0000:41:00.0';
const inUse = `${primaryId}/1`;
const free = `${primaryId}/3`;
const dbPrimary = { id: 'hv-a:db-primary', title: 'db-primary' };
const toMachine = { kind: 'virtual-machine', virtualMachineId: 'hv-a:db-primary' } as const;

function planned(intent: Intent, from: Fleet = fleet): Plan {
  const answer = plan(from, intent);
  if (!answer.ok) throw new Error(answer.error.details?.join('\n') ?? answer.error.message);
  return answer.value;
}

/** The undo of a change that has run, on the fleet as it is then. */
function undone(change: Plan, from: Fleet = fleet): { readonly plan: Plan; readonly fleet: Fleet } {
  const after = change.steps.reduce((now, { step }) => definitionOf(step).predict(step, now), from);
  const done: StepRun = { status: 'done', startedAt: 0, durationMicroseconds: 0, readBack: '', error: null };
  const run = { plan: change, steps: change.steps.map(() => done), undoneBy: null, undoes: null };
  const answer = planUndo(after, { ...run, status: 'done' });
  if (!answer.ok) throw new Error(answer.error.message);
  return { plan: answer.value, fleet: after };
}

describe('an undo', () => {
  it('says what it takes from a guest, as the change in the other direction does', () => {
    const back = undone(planned({ kind: 'assign', secondaryIds: [free], target: toMachine, attach: [2] }));
    expect(back.plan.consequences).toContain('db-primary loses the drive behind VF 3 while it runs.');
    expect(guestsCutOff(back.fleet, back.plan)).toEqual([dbPrimary]);
  });

  it('says nothing where nobody uses what it takes away', () => {
    const back = undone(planned({ kind: 'set-resources', secondaryIds: [free], vq: 4, vi: 2 }));
    expect(back.plan.consequences).toEqual([]);
    expect(guestsCutOff(back.fleet, back.plan)).toEqual([]);
  });

  it('says that data is detached from a guest', () => {
    const detach = { kind: 'detach-namespace', controllerId: inUse, nsid: 2 } as const;
    const without = definitionOf(detach).predict(detach, fleet);
    const attach: Intent = { kind: 'set-namespaces', controllerIds: [inUse], attach: [1, 2], detach: [] };
    const back = undone(planned(attach, without), without);
    expect(back.plan.consequences).toEqual(['db-primary loses namespace 2; the data stays on the drive.']);
    expect(guestsCutOff(back.fleet, back.plan)).toEqual([dbPrimary]);
  });
});

describe('the guests that a change cuts off', () => {
  const cutOff = (intent: Intent, from: Fleet = fleet) => guestsCutOff(from, planned(intent, from));

  it('are those whose drive goes, is reset, loses data, or disappears with its primary controller', () => {
    expect(cutOff({ kind: 'assign', secondaryIds: [inUse], target: { kind: 'pool' } })).toEqual([dbPrimary]);
    expect(cutOff({ kind: 'reset', controllerIds: [inUse], reset: 'function' })).toEqual([dbPrimary]);
    expect(cutOff({ kind: 'reset', controllerIds: [primaryId], reset: 'controller' })).toEqual([dbPrimary]);
    expect(cutOff({ kind: 'reset', controllerIds: [primaryId], reset: 'subsystem' })).toEqual([dbPrimary]);
    expect(cutOff({ kind: 'set-namespaces', controllerIds: [inUse], attach: [], detach: [1, 2] })).toEqual([
      dbPrimary,
    ]);
    expect(cutOff({ kind: 'set-vf-count', primaryIds: [primaryId], count: 0 })).toEqual([dbPrimary]);
  });

  it('say on which host they are where another one has the same name', () => {
    const machine = fleet.virtualMachines['hv-a:db-primary'];
    if (machine === undefined) throw new Error('no machine');
    const copy = { ...machine, id: 'hv-b:db-primary', hostId: 'hv-b', deviceIds: [] };
    const two: Fleet = { ...fleet, virtualMachines: { ...fleet.virtualMachines, [copy.id]: copy } };
    expect(cutOff({ kind: 'reset', controllerIds: [inUse], reset: 'function' }, two)).toEqual([
      { id: 'hv-a:db-primary', title: 'db-primary on hv-a' },
    ]);
  });

  it('are none for what nobody uses, and none that is stopped', () => {
    expect(cutOff({ kind: 'assign', secondaryIds: [free], target: toMachine })).toEqual([]);
    expect(cutOff({ kind: 'reset', controllerIds: [free], reset: 'function' })).toEqual([]);
    const machine = fleet.virtualMachines['hv-a:db-primary'];
    if (machine === undefined) throw new Error('no machine');
    const stopped: Fleet = {
      ...fleet,
      virtualMachines: { ...fleet.virtualMachines, [machine.id]: { ...machine, state: 'stopped' } },
    };
    expect(cutOff({ kind: 'reset', controllerIds: [inUse], reset: 'function' }, stopped)).toEqual([]);
  });
});
