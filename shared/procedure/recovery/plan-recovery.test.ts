import { describe, expect, it } from 'vitest';
import type { Fleet } from '../../fleet/schema.ts';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import { finishedMigration } from '../../test-support/migration-run.ts';
import type { Intent } from '../intent.ts';
import { plan } from '../plan/plan.ts';
import type { Plan, ProcedureRun, StepRun } from '../procedure.ts';
import { definitionOf, type PlannedStep } from '../step.ts';
import { planRecovery, recoveryStateOf } from './plan-recovery.ts';
import type { Recovery } from './recovery.ts';

const fleet = migrationFleet();
const primaryId = 'hv-a/0000:41:00.0';
const guestId = 'hv-a:db-primary';
const inUse = `${primaryId}/1`;
const free = `${primaryId}/3`;
const toMachine = { kind: 'virtual-machine', virtualMachineId: guestId } as const;
const dbPrimary = { id: guestId, title: 'db-primary' };

function planned(intent: Intent): Plan {
  const answer = plan(fleet, intent);
  if (!answer.ok) throw new Error(answer.error.details?.join('\n') ?? answer.error.message);
  return answer.value;
}

const stepRun = (status: StepRun['status'], more: Partial<StepRun> = {}): StepRun => ({
  ...{ status, startedAt: 0, durationMicroseconds: null, readBack: '', error: null },
  ...more,
});

/** The run of a plan, cut short after so many steps; with a state of the next one. */
function interrupted(change: Plan, done: number, next: StepRun = stepRun('waiting')): ProcedureRun {
  const steps = change.steps.map((_, index) =>
    index < done ? stepRun('done', { readBack: 'as planned' }) : index === done ? next : stepRun('waiting'),
  );
  return { ...finishedMigration(fleet), plan: change, status: 'interrupted', steps, migration: null };
}

function fleetAfter(from: Fleet, steps: readonly PlannedStep[]): Fleet {
  return steps.reduce((now, { step }) => definitionOf(step).predict(step, now), from);
}

function recovery(run: ProcedureRun, how: Recovery, now: Fleet) {
  const answer = planRecovery(now, run, how);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

const changes: readonly (readonly [string, Plan])[] = [
  ['a function is handed to a guest', planned({ kind: 'assign', secondaryIds: [free], target: toMachine })],
  [
    'a function is taken from a guest',
    planned({ kind: 'assign', secondaryIds: [inUse], target: { kind: 'pool' } }),
  ],
  ['a guest is migrated', finishedMigration(fleet).plan],
];

describe.each(changes)('interrupted while %s', (_, change) => {
  const cuts = change.steps.map((_step, index) => index);

  it.each(cuts)('after %i steps: going on does all that is left and no more', (cut) => {
    const now = fleetAfter(fleet, change.steps.slice(0, cut));
    const { plan: rest } = recovery(interrupted(change, cut), 'resume', now);
    expect(rest.steps).toEqual(change.steps.slice(cut));
    expect(fleetAfter(now, rest.steps)).toEqual(fleetAfter(fleet, change.steps));
    const noReturn = change.pointOfNoReturn;
    expect(rest.pointOfNoReturn).toBe(noReturn === null ? null : Math.max(0, noReturn - cut));
  });

  it.each(cuts)('after %i steps: the way back takes back all of them, and says when it cannot', (cut) => {
    const run = interrupted(change, cut);
    const now = fleetAfter(fleet, change.steps.slice(0, cut));
    if (change.pointOfNoReturn !== null && cut > change.pointOfNoReturn) {
      expect(planRecovery(now, run, 'roll-back')).toMatchObject({
        ...{ ok: false, error: { code: 'refused', message: /point of no return/ } },
      });
      return;
    }
    const { plan: back } = recovery(run, 'roll-back', now);
    const inverses = change.steps.slice(0, cut).toReversed();
    expect(back.steps.map(({ step }) => step)).toEqual(inverses.flatMap(({ inverse }) => inverse ?? []));
    for (const { id } of Object.values(fleet.controllers).filter(({ role }) => role === 'secondary'))
      expect(fleetAfter(now, back.steps).controllers[id]).toMatchObject({
        driver: fleet.controllers[id]?.driver,
        attachedNamespaces: fleet.controllers[id]?.attachedNamespaces,
      });
  });

  it('counts the step under way as possibly done, whichever way it goes', () => {
    for (const next of [
      stepRun('running'),
      stepRun('failed', { error: { code: 'device-timeout', message: 'No answer.' } }),
    ]) {
      const run = interrupted(change, 1, next);
      const now = fleetAfter(fleet, change.steps.slice(0, 1));
      expect(recovery(run, 'resume', now).plan.steps[0]?.phase).toBe('Step 2, if not done');
      const phases = recovery(run, 'roll-back', now).plan.steps.map(({ phase }) => phase);
      expect(phases).toContain('If step 2 took effect');
      expect(recoveryStateOf(now, run).begun[1]).toMatchObject({ index: 1, became: 'uncertain' });
    }
    const refused = stepRun('failed', { error: { code: 'conflict', message: 'Nothing was sent.' } });
    const run = interrupted(change, 1, refused);
    expect(recovery(run, 'resume', fleet).plan.steps[0]?.phase).toBe(change.steps[1]?.phase);
    expect(recoveryStateOf(fleet, run).begun[1]).toMatchObject({
      became: 'failed',
      seen: 'Nothing was sent.',
    });
  });
});

describe('a guest is cut off', () => {
  const [handing, taking] = changes.map(([, change]) => change) as [Plan, Plan];

  it('by the way back of what gave it a drive', () => {
    const done = handing.steps.length - 1;
    const now = fleetAfter(fleet, handing.steps);
    const run = interrupted(handing, done, stepRun('running'));
    expect(recovery(run, 'roll-back', now).guestsCutOff).toEqual([dbPrimary]);
    expect(recovery(run, 'roll-back', now).plan.consequences.join()).toContain('db-primary loses');
    expect(recovery(run, 'resume', now).guestsCutOff).toEqual([]);
    // It has not got it yet, as far as anybody knows.
    const early = recovery(
      interrupted(handing, 1),
      'roll-back',
      fleetAfter(fleet, handing.steps.slice(0, 1)),
    );
    expect(early.guestsCutOff).toEqual([]);
  });

  it('by going on with what takes its drive', () => {
    expect(recovery(interrupted(taking, 0), 'resume', fleet).guestsCutOff).toEqual([dbPrimary]);
    expect(recovery(interrupted(taking, 0), 'roll-back', fleet).guestsCutOff).toEqual([]);
  });

  it('by neither way of a migration, unless it runs where it should stand still', () => {
    const { plan: move } = finishedMigration(fleet);
    const released = move.steps.findIndex(({ step }) => step.kind === 'vm-resume') + 1;
    let looked = 0;
    for (let cut = 0; cut < move.steps.length; cut += 1) {
      const now = fleetAfter(fleet, move.steps.slice(0, cut));
      for (const how of ['resume', 'roll-back'] as const) {
        const answer = planRecovery(now, interrupted(move, cut), how);
        if (answer.ok) looked += 1;
        if (answer.ok) expect([cut, how, answer.value.guestsCutOff]).toEqual([cut, how, []]);
      }
    }
    expect(looked).toBeGreaterThan(move.steps.length);
    const now = structuredClone(fleetAfter(fleet, move.steps.slice(0, released)));
    Object.assign(now.virtualMachines[guestId] ?? {}, { state: 'running' });
    expect(recovery(interrupted(move, released), 'resume', now).guestsCutOff.map(({ id }) => id)).toEqual([
      guestId,
    ]);
  });
});

describe('what is refused', () => {
  const [handing] = changes.map(([, change]) => change) as [Plan];
  const refusals = (run: ProcedureRun, now: Fleet | null = fleet) =>
    Object.fromEntries(recoveryStateOf(now, run).ways.map(({ how, refusals: why }) => [how, why.join()]));

  it('is going forward when the way back had begun', () => {
    const run = interrupted(handing, 2, stepRun('undone'));
    expect(refusals(run)).toEqual({
      resume: expect.stringMatching(/way back had begun/),
      ...{ 'roll-back': '', dismiss: '' },
    });
    expect(planRecovery(fleet, run, 'resume').ok).toBe(false);
  });

  it('is everything that runs while another fleet is open', () => {
    const run = interrupted(handing, 2, stepRun('running'));
    const elsewhere = expect.stringMatching(/belongs to .*, which is not open/);
    expect(refusals(run, null)).toEqual({ resume: elsewhere, 'roll-back': elsewhere, dismiss: '' });
    expect(planRecovery(null, run, 'roll-back').ok).toBe(false);
    expect(planRecovery(null, run, 'dismiss')).toMatchObject({ ok: true, value: { plan: { steps: [] } } });
    expect(recoveryStateOf(null, run).begun[2]?.seen).toBe('Its fleet is not open.');
  });

  it('is everything about a run that is not interrupted', () => {
    const run: ProcedureRun = { ...interrupted(handing, 2), status: 'running' };
    for (const how of ['resume', 'roll-back', 'dismiss'] as const)
      expect(planRecovery(fleet, run, how).ok).toBe(false);
  });
});

describe('leaving it as it is', () => {
  it('runs nothing, and warns of every guest that is left standing still', () => {
    const { plan: move } = finishedMigration(fleet);
    const paused = move.steps.findIndex(({ step }) => step.kind === 'vm-pause') + 1;
    const now = fleetAfter(fleet, move.steps.slice(0, paused));
    const left = recovery(interrupted(move, paused), 'dismiss', now).plan;
    expect(left).toMatchObject({ steps: [], consequences: [] });
    expect(left.warnings?.map(({ words }) => words)).toEqual(
      expect.arrayContaining([
        'db-primary stands paused on hv-a, and stays so until you resume it.',
        'db-primary waits on hv-b for an incoming migration that will not come.',
      ]),
    );
    expect(recovery(interrupted(changes[0]?.[1] ?? move, 1), 'dismiss', fleet).plan.warnings).toEqual([]);
  });
});

it('says which steps cannot be taken back', () => {
  const reset = planned({ kind: 'reset', controllerIds: [inUse], reset: 'function' });
  const index = reset.steps.findIndex(({ inverse }) => inverse === null);
  const back = recovery(interrupted(reset, index, stepRun('running')), 'roll-back', fleet).plan;
  expect(back.consequences.join()).toContain(`Step ${index + 1}, if it took effect, cannot be undone`);
});
