import { describe, expect, it } from 'vitest';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { isInPool } from '#shared/fleet/selectors.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { Proposal } from '#shared/procedure/proposal.ts';
import { ended, openSimulatedBackend } from '../test-support/simulated-backend.ts';
import { sendTo, startReviewed, undoReviewed } from '../test-support/start-reviewed.ts';

const virtualSubsystemId = 'hv-a/0000:41:00.0|nqn.2026-11.io.berth:my_v_nqn_1';

/** A backend on `two-hosts` with two free functions of the primary on hv-a. */
async function openLab() {
  const lab = await openSimulatedBackend();
  const send = sendTo(lab.backend.handlers);
  const snapshot = async () =>
    JSON.parse((await lab.ask('fleet:snapshot', {})).json) as { revision: number; fleet: Fleet };
  const { fleet } = await snapshot();
  const free = (host: string) =>
    Object.values(fleet.controllers).filter(
      (one): one is SecondaryController =>
        one.role === 'secondary' && one.hostId === host && one.pciAddress !== null && isInPool(one),
    );
  const [first, second] = free('hv-a');
  if (first === undefined || second === undefined) throw new Error('the fleet has too few free functions');
  const assign = (secondaryId: string): Intent => ({
    kind: 'assign',
    secondaryIds: [secondaryId],
    target: { kind: 'virtual-subsystem', virtualSubsystemId },
  });
  return {
    ...lab,
    ...{ send, snapshot, first, second, assign },
    /** Runs a change to its end, as somebody else does meanwhile. */
    meanwhile: async (intent: Intent) => {
      const started = await startReviewed(send, intent);
      if (!started.ok) throw new Error(started.error.message);
      const run = await lab.until(started.value.id, ended);
      expect(run.status).toBe('done');
      return run;
    },
    undone: async (runId: string) => {
      const started = await undoReviewed(send, runId);
      if (!started.ok) throw new Error(started.error.message);
      return lab.until(started.value.id, ended);
    },
    runIds: async () => (await lab.ask('history:list', { limit: 100 })).runs.map(({ id }) => id),
  };
}

const lookAt = ({ digest, fleetRevision }: Proposal) => ({ digest, fleetRevision });

describe('procedure:run', () => {
  it('runs nothing when the fleet moved so that the plan differs, and answers the new plan with what changed', async () => {
    const lab = await openLab();
    const intent = lab.assign(lab.first.id);
    const reviewed = await lab.ask('procedure:plan', { intent });
    await lab.meanwhile({ kind: 'set-resources', secondaryIds: [lab.first.id], vq: 5, vi: 5 });
    const before = { runs: await lab.runIds(), snapshot: await lab.snapshot() };
    expect(before.snapshot.revision).toBeGreaterThan(reviewed.fleetRevision);

    const answer = await lab.ask('procedure:run', { intent, reviewed: lookAt(reviewed) });
    if (answer.outcome === 'started') throw new Error('it ran');
    const { proposal } = answer;
    expect(proposal.digest).not.toBe(reviewed.digest);
    expect(proposal.fleetRevision).toBe(before.snapshot.revision);
    expect(proposal.changes?.summary).toMatch(/step/);
    const marked = proposal.changes?.steps.length ?? 0;
    expect(marked + (proposal.changes?.removed.length ?? 0)).toBeGreaterThan(0);
    // Nothing was journalled, and nothing of the fleet is another.
    expect(await lab.runIds()).toEqual(before.runs);
    expect(await lab.snapshot()).toEqual(before.snapshot);

    // The new decision runs exactly what was shown.
    const again = await lab.ask('procedure:run', { intent, reviewed: lookAt(proposal) });
    if (again.outcome !== 'started') throw new Error('it did not run');
    expect((await lab.until(again.run.id, ended)).status).toBe('done');
    expect(again.run.plan.steps).toEqual(proposal.steps);
  });

  it('runs when the fleet moved but the plan does the same', async () => {
    const lab = await openLab();
    const intent = lab.assign(lab.first.id);
    const reviewed = await lab.ask('procedure:plan', { intent });
    const other = Object.values((await lab.snapshot()).fleet.controllers).find(
      (one) => one.role === 'secondary' && one.hostId === 'hv-b' && one.pciAddress !== null && isInPool(one),
    );
    await lab.meanwhile({ kind: 'set-resources', secondaryIds: [other?.id ?? ''], vq: 3, vi: 3 });
    expect((await lab.snapshot()).revision).toBeGreaterThan(reviewed.fleetRevision);
    const answer = await lab.ask('procedure:run', { intent, reviewed: lookAt(reviewed) });
    expect(answer.outcome).toBe('started');
  });

  it('refuses with the reasons of the planner when the change is not possible any more, and journals nothing', async () => {
    const lab = await openLab();
    const intent = lab.assign(lab.first.id);
    const reviewed = await lab.ask('procedure:plan', { intent });
    await lab.meanwhile(intent);
    const runs = await lab.runIds();
    const refusal = await lab.refusal('procedure:run', { intent, reviewed: lookAt(reviewed) });
    expect(refusal.code).toBe('refused');
    expect(await lab.runIds()).toEqual(runs);
  });

  it('never takes the plan of another change, or one that it does not know, for the reviewed one', async () => {
    const lab = await openLab();
    const other = await lab.ask('procedure:plan', { intent: lab.assign(lab.second.id) });
    const intent = lab.assign(lab.first.id);
    const known = await lab.ask('procedure:run', { intent, reviewed: lookAt(other) });
    expect(known).toMatchObject({
      outcome: 'plan-changed',
      proposal: { changes: { summary: expect.stringMatching(/step/) } },
    });
    const forged = { digest: '0'.repeat(64), fleetRevision: other.fleetRevision };
    const unknown = await lab.ask('procedure:run', { intent, reviewed: forged });
    expect(unknown).toMatchObject({
      outcome: 'plan-changed',
      proposal: {
        changes: { summary: 'The reviewed plan is no longer known. Review the whole plan again.' },
      },
    });
    expect(await lab.runIds()).toEqual([]);
  });

  it('starts one of two that were reviewed together; the other comes back with what the first one changed', async () => {
    const lab = await openLab();
    const [one, two] = [lab.assign(lab.first.id), lab.assign(lab.second.id)];
    const plans = [
      await lab.ask('procedure:plan', { intent: one }),
      await lab.ask('procedure:plan', { intent: two }),
    ] as const;
    await lab.meanwhile(one);
    // Both were given the same virtual controller id; the second one must not silently take the next.
    const answer = await lab.ask('procedure:run', { intent: two, reviewed: lookAt(plans[1]) });
    if (answer.outcome === 'started') throw new Error('it ran');
    expect(answer.proposal.changes?.steps).toMatchObject([{ change: 'changed' }]);
  });
});

describe('procedure:plan', () => {
  it('says what has changed since a plan was looked at, and nothing when it does the same', async () => {
    const lab = await openLab();
    const intent = lab.assign(lab.first.id);
    const reviewed = lookAt(await lab.ask('procedure:plan', { intent }));
    expect((await lab.ask('procedure:plan', { intent, reviewed })).changes).toBeNull();
    await lab.meanwhile({ kind: 'set-resources', secondaryIds: [lab.first.id], vq: 5, vi: 5 });
    expect((await lab.ask('procedure:plan', { intent, reviewed })).changes).not.toBeNull();
  });
});

describe('procedure:undo', () => {
  it('undoes what was reviewed, and comes back with the new plan when it would be another', async () => {
    const lab = await openLab();
    const run = await lab.meanwhile(lab.assign(lab.first.id));
    const reviewed = await lab.ask('procedure:plan-undo', { runId: run.id });
    expect(reviewed.title).toBe(`Undo: ${run.plan.title}`);
    const other = await lab.meanwhile(lab.assign(lab.second.id));
    const runs = await lab.runIds();
    // The last one that can be undone is another one now.
    const wrong = await lab.ask('procedure:undo', { reviewed: lookAt(reviewed) });
    expect(wrong).toMatchObject({
      outcome: 'plan-changed',
      proposal: { title: `Undo: ${other.plan.title}`, changes: { summary: expect.stringMatching(/step/) } },
    });
    expect(await lab.runIds()).toEqual(runs);
    const right = await lab.ask('procedure:undo', { runId: run.id, reviewed: lookAt(reviewed) });
    if (right.outcome !== 'started') throw new Error('it did not run');
    expect((await lab.until(right.run.id, ended)).status).toBe('done');
    expect((await lab.undone(other.id)).undoes).toBe(other.id);
  });
});

describe('history:undo-redo', () => {
  it('names what would be undone and done again, and doing it again is the same procedure', async () => {
    const lab = await openLab();
    expect(await lab.ask('history:undo-redo', {})).toEqual({ undo: null, redo: null });
    const first = await lab.meanwhile(lab.assign(lab.first.id));
    const { title, intent } = first.plan;
    const last = { runId: first.id, title };
    expect(await lab.ask('history:undo-redo', {})).toEqual({ undo: last, redo: null });
    await lab.undone(first.id);
    const { undo, redo } = await lab.ask('history:undo-redo', {});
    expect([undo, redo]).toEqual([null, { ...last, intent }]);
    const again = await lab.meanwhile(intent);
    expect(again.plan.steps).toEqual(first.plan.steps);
    expect(await lab.ask('history:undo-redo', {})).toEqual({ undo: { runId: again.id, title }, redo: null });
  });
});
