import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isInPool } from '#shared/fleet/selectors.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { Proposal } from '#shared/procedure/proposal.ts';
import { ended, openSimulatedBackend, sending } from '../../test-support/simulated-backend.ts';
import { recoverReviewed, sendTo, startReviewed } from '../../test-support/start-reviewed.ts';

const guestId = 'hv-a:db-primary';
const dbPrimary = { id: guestId, title: 'db-primary' };
const others = { guests: ['hv-b:db-primary', 'hv-a:web'], warnings: [guestId] };
const agreed = { guests: [guestId], warnings: [] };
const lookAt = ({ digest, fleetRevision }: Proposal) => ({ digest, fleetRevision });

/** Berth ends while two free functions are handed to a guest, which has one of them already, and starts again. */
async function interruptedAssignment() {
  const first = await openSimulatedBackend();
  await first.ask('simulation:set-clock', { mode: 'paused' });
  const free = Object.values((await first.fleet()).controllers).filter(
    (one) => one.role === 'secondary' && one.hostId === 'hv-a' && one.pciAddress !== null && isInPool(one),
  );
  const secondaryIds = free.slice(0, 2).map(({ id }) => id);
  const intent: Intent = {
    ...{ kind: 'assign', secondaryIds },
    target: { kind: 'virtual-machine', virtualMachineId: guestId },
  };
  const started = await startReviewed(sendTo(first.backend.handlers), intent);
  if (!started.ok) throw new Error(started.error.message);
  const runId = started.value.id;
  const handing = started.value.plan.steps.findIndex(({ step }) => step.kind === 'vm-attach-device');
  expect(handing).toBeGreaterThan(0);
  expect(handing).toBeLessThan(started.value.plan.steps.length - 1);
  await first.stepUntil(runId, ({ steps }) => steps[handing]?.status === 'done');
  await first.until(runId, ({ steps }) => steps[handing + 1]?.status === 'running');
  // Closed in order it would end the step; what is on disk at this moment is what a kill leaves.
  const dataDir = mkdtempSync(path.join(tmpdir(), 'berth-recovery-'));
  cpSync(first.dataDir, dataDir, { recursive: true });
  await first.close();
  const lab = await openSimulatedBackend(dataDir);
  await lab.ask('simulation:set-clock', { mode: 'as-fast-as-possible' });
  const state = async () =>
    JSON.stringify([await lab.ask('history:get', { runId }), await lab.ask('fleet:snapshot', {})]);
  const holders = async () => {
    const { controllers } = await lab.fleet();
    return secondaryIds.map((id) => {
      const secondary = controllers[id];
      return secondary?.role === 'secondary' ? secondary.virtualMachineId : undefined;
    });
  };
  return { ...lab, runId, state, holders };
}

describe('an interrupted procedure', () => {
  it('says what was done, what is uncertain, and what each way on would do', async () => {
    const { ask, runId } = await interruptedAssignment();
    const run = await ask('history:get', { runId });
    const state = await ask('procedure:recovery', { runId });
    const done = run.steps.filter(({ status }) => status === 'done').length;
    expect(state).toMatchObject({ title: run.plan.title, stepCount: run.steps.length });
    expect(state.begun.filter(({ became }) => became === 'done')).toHaveLength(done);
    expect(state.begun.filter(({ became }) => became === 'uncertain')).toHaveLength(1);
    expect(state.ways.map(({ how, refusals }) => [how, refusals])).toEqual([
      ['resume', []],
      ['roll-back', []],
      ['dismiss', []],
    ]);
    const plans = await Promise.all(
      state.ways.map(({ how }) => ask('procedure:plan-recover', { runId, how })),
    );
    expect(plans.map(({ steps }) => steps.length)).toEqual(state.ways.map(({ stepCount }) => stepCount));
    expect(plans[0]?.steps).toHaveLength(run.steps.length - done);
    expect(plans.map(({ guestsCutOff }) => guestsCutOff)).toEqual([[], [dbPrimary], []]);
  });

  it('is not rolled back from under a guest that nobody has agreed to cut off', async () => {
    const { ask, refusal, until, state, holders, runId } = await interruptedAssignment();
    const way = { runId, how: 'roll-back' } as const;
    const reviewed = lookAt(await ask('procedure:plan-recover', way));
    const before = await state();
    for (const wrong of [{}, { agreed: others }])
      expect(await refusal('procedure:recover', { ...way, reviewed, ...wrong })).toMatchObject({
        ...{ code: 'refused', field: 'agreed.guests', details: ['db-primary'] },
        fix: expect.stringContaining('agree there that db-primary is cut off'),
      });
    expect(await state()).toBe(before);
    expect(await holders()).toContain(guestId);
    const started = await ask('procedure:recover', { ...way, reviewed, agreed });
    expect(started).toMatchObject({ outcome: 'started' });
    // Whoever looks at it later reads who was cut off knowingly.
    const { recoveries } = await until(runId, ended);
    expect(recoveries).toEqual([{ how: 'roll-back', at: expect.any(Number), agreed }]);
    expect((await holders()).filter((id) => id === guestId)).toEqual([]);
  });

  it('goes on without an agreement where nobody loses anything, and once only', async () => {
    const { ask, refusal, until, holders, runId } = await interruptedAssignment();
    const way = { runId, how: 'resume' } as const;
    const reviewed = lookAt(await ask('procedure:plan-recover', way));
    expect(await ask('procedure:recover', { ...way, reviewed })).toMatchObject({ outcome: 'started' });
    const gone = await until(runId, ended);
    expect(gone.status).toBe('done');
    expect(gone.recoveries).toEqual([{ how: 'resume', at: expect.any(Number) }]);
    expect(await holders()).toEqual([guestId, guestId]);
    expect((await refusal('procedure:recover', { ...way, reviewed })).code).toBe('refused');
    expect((await refusal('procedure:plan-recover', way)).code).toBe('refused');
  });

  it('comes back for review where another way was reviewed', async () => {
    const { ask, state, runId } = await interruptedAssignment();
    const reviewed = lookAt(await ask('procedure:plan-recover', { runId, how: 'resume' }));
    const before = await state();
    const answer = await ask('procedure:recover', { runId, how: 'roll-back', reviewed, agreed });
    expect(answer).toMatchObject({ outcome: 'plan-changed', proposal: { guestsCutOff: [dbPrimary] } });
    expect(await state()).toBe(before);
  });
});

/** Berth ends while the memory of a guest is on its way, and starts again. */
async function interruptedMigration() {
  const first = await openSimulatedBackend();
  await first.ask('simulation:set-clock', { mode: 'real-time' });
  const { id: runId } = await first.migrate();
  await first.until(runId, sending);
  await first.close();
  return { ...(await openSimulatedBackend(first.dataDir)), runId };
}

describe('an interrupted migration', () => {
  it('is left as it is only when somebody knows that the guest stays paused', async () => {
    const { ask, refusal, backend, runId } = await interruptedMigration();
    const way = { runId, how: 'dismiss' } as const;
    const proposal = await ask('procedure:plan-recover', way);
    expect(proposal.steps).toEqual([]);
    expect(proposal.warnings?.map(({ words }) => words).join(' ')).toMatch(
      /db-primary (stands paused|waits)/,
    );
    const { findings } = await ask('procedure:recovery', { runId });
    expect(findings.join(' ')).toContain('db-primary');
    expect(await refusal('procedure:recover', { ...way, reviewed: lookAt(proposal) })).toMatchObject({
      ...{ code: 'refused', field: 'agreed.warnings' },
    });
    expect((await ask('history:get', { runId })).status).toBe('interrupted');
    const left = await recoverReviewed(sendTo(backend.handlers), runId, 'dismiss');
    expect(left).toMatchObject({ ok: true, value: { status: 'failed' } });
    const { warnings = [] } = proposal;
    const known = { guests: [], warnings: warnings.map(({ id }) => id) };
    expect((await ask('history:get', { runId })).recoveries).toEqual([
      { how: 'dismiss', at: expect.any(Number), warnings, agreed: known },
    ]);
  });

  it('cuts no guest off, whichever way it goes', async () => {
    const { ask, until, runId } = await interruptedMigration();
    await ask('simulation:set-clock', { mode: 'as-fast-as-possible' });
    for (const how of ['resume', 'roll-back'] as const)
      expect((await ask('procedure:plan-recover', { runId, how })).guestsCutOff).toEqual([]);
    const proposal = await ask('procedure:plan-recover', { runId, how: 'resume' });
    await ask('procedure:recover', { runId, how: 'resume', reviewed: lookAt(proposal) });
    expect(await until(runId, ended)).toMatchObject({ status: 'done' });
  });
});
