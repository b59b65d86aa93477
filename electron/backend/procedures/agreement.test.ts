import { describe, expect, it } from 'vitest';
import { findSecondary, isInPool } from '#shared/fleet/selectors.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { Proposal } from '#shared/procedure/proposal.ts';
import { ended, openSimulatedBackend } from '../test-support/simulated-backend.ts';
import { sendTo, startReviewed } from '../test-support/start-reviewed.ts';

const guestId = 'hv-a:db-primary';
const lookAt = ({ digest, fleetRevision }: Proposal) => ({ reviewed: { digest, fleetRevision } });
const others = { guests: ['hv-b:db-primary', 'db-primary', 'hv-a:web'], warnings: [guestId] };
const refused = {
  ...{ code: 'refused', field: 'agreed.guests', details: ['db-primary'] },
  message: expect.stringContaining('not agreed that db-primary loses a drive'),
  fix: expect.stringContaining('agree there that db-primary is cut off'),
};

/** A backend on `two-hosts`, with everything of the fleet and the journal that a start could change. */
async function openLab() {
  const lab = await openSimulatedBackend();
  const state = async () =>
    JSON.stringify([await lab.ask('history:list', { limit: 100 }), await lab.ask('fleet:snapshot', {})]);
  const fleet = await lab.fleet();
  const [inUse] = fleet.virtualMachines[guestId]?.deviceIds ?? [];
  const free = Object.values(fleet.controllers).find(
    (one) => one.role === 'secondary' && one.hostId === 'hv-a' && one.pciAddress !== null && isInPool(one),
  );
  if (inUse === undefined || free === undefined) throw new Error('the fleet has no such functions');
  return { ...lab, state, inUse, free: free.id };
}

describe('a start that cuts a guest off', () => {
  it('is refused unless that guest was agreed to, and nothing has happened then', async () => {
    const lab = await openLab();
    const intent: Intent = { kind: 'assign', secondaryIds: [lab.inUse], target: { kind: 'pool' } };
    const proposal = await lab.ask('procedure:plan', { intent });
    expect(proposal.guestsCutOff).toEqual([{ id: guestId, title: 'db-primary' }]);
    const before = await lab.state();
    for (const agreed of [undefined, { guests: [], warnings: [] }, others]) {
      const request = { intent, ...lookAt(proposal), ...(agreed === undefined ? {} : { agreed }) };
      expect(await lab.refusal('procedure:run', request)).toMatchObject({
        ...refused,
        object: proposal.title,
      });
    }
    expect(await lab.state()).toBe(before);

    const agreed = { guests: [...others.guests, guestId], warnings: [] };
    const started = await lab.ask('procedure:run', { intent, ...lookAt(proposal), agreed });
    if (started.outcome !== 'started') throw new Error('it did not run');
    const run = await lab.until(started.run.id, ended);
    expect(run).toMatchObject({ status: 'done', agreed });
    expect(findSecondary(await lab.fleet(), lab.inUse)?.virtualMachineId).toBeNull();
  });

  it('is refused as an undo, too', async () => {
    const lab = await openLab();
    const target = { kind: 'virtual-machine', virtualMachineId: guestId } as const;
    const given = await startReviewed(sendTo(lab.backend.handlers), {
      ...{ kind: 'assign', secondaryIds: [lab.free], target },
    });
    if (!given.ok) throw new Error(given.error.message);
    const { id: runId, agreed: needed } = await lab.until(given.value.id, ended);
    expect(needed).toBeUndefined();
    const proposal = await lab.ask('procedure:plan-undo', { runId });
    expect(proposal.guestsCutOff).toEqual([{ id: guestId, title: 'db-primary' }]);
    const before = await lab.state();
    for (const undo of [{ runId }, {}]) {
      expect(await lab.refusal('procedure:undo', { ...undo, ...lookAt(proposal) })).toMatchObject(refused);
      const request = { ...undo, ...lookAt(proposal), agreed: others };
      expect(await lab.refusal('procedure:undo', request)).toMatchObject(refused);
    }
    expect(await lab.state()).toBe(before);
    const agreed = { guests: [guestId], warnings: [] };
    const started = await lab.ask('procedure:undo', { runId, ...lookAt(proposal), agreed });
    if (started.outcome !== 'started') throw new Error('it did not run');
    expect((await lab.until(started.run.id, ended)).status).toBe('done');
  });

  it('comes back as the new plan, not as a refusal, where the plan is another by then', async () => {
    const lab = await openLab();
    const intent: Intent = { kind: 'assign', secondaryIds: [lab.inUse], target: { kind: 'pool' } };
    const forged = { reviewed: { digest: '0'.repeat(64), fleetRevision: 1 } };
    expect(await lab.ask('procedure:run', { intent, ...forged })).toMatchObject({ outcome: 'plan-changed' });
  });
});

it('a migration needs no agreement: the drives go with the guest', async () => {
  const lab = await openSimulatedBackend();
  await lab.ask('simulation:set-clock', { mode: 'as-fast-as-possible' });
  const { devices } = await lab.ask('migration:propose', {
    ...{ virtualMachineId: guestId, destinationHostId: 'hv-b' },
  });
  const options = { releaseSource: true, detachSourceNamespaces: true, downtimeBudgetMilliseconds: 300 };
  const request = {
    ...{ virtualMachineId: guestId, destinationHostId: 'hv-b', devices, options },
    acknowledged: [],
  };
  const { compatibility } = await lab.ask('migration:check', { request });
  const acknowledged = compatibility.checks.flatMap(({ id, verdict }) => (verdict === 'warning' ? id : []));
  const intent: Intent = { kind: 'migrate', request: { ...request, acknowledged } };
  const proposal = await lab.ask('procedure:plan', { intent });
  expect(proposal.guestsCutOff).toEqual([]);
  const started = await lab.ask('procedure:run', { intent, ...lookAt(proposal) });
  if (started.outcome !== 'started') throw new Error('it did not run');
  expect(await lab.until(started.run.id, ended)).toMatchObject({ status: 'done' });
});
