import { describe, expect, it } from 'vitest';
import { isInPool } from '#shared/fleet/selectors.ts';
import { ended, openSimulatedBackend } from '../test-support/simulated-backend.ts';

type Lab = Awaited<ReturnType<typeof openSimulatedBackend>>;

const zoo = { kind: 'built-in', name: 'zoo' } as const;

/** A plan that somebody looked at, ready to start without any further question. */
async function reviewed(lab: Lab) {
  const { controllers } = await lab.fleet();
  const virtualSubsystemId = 'hv-a/0000:41:00.0|nqn.2026-11.io.berth:my_v_nqn_1';
  const free = Object.values(controllers).find(
    (one) => one.role === 'secondary' && one.hostId === 'hv-a' && one.pciAddress !== null && isInPool(one),
  );
  const intent = {
    kind: 'assign' as const,
    secondaryIds: [free?.id ?? ''],
    target: { kind: 'virtual-subsystem' as const, virtualSubsystemId },
  };
  const { digest, fleetRevision } = await lab.ask('procedure:plan', { intent });
  return {
    subsystemId: free?.subsystemId ?? '',
    start: { intent, reviewed: { digest, fleetRevision } },
  };
}

const slow = {
  ...{ opcode: null, cntlid: null, occurrence: 1, count: 2 },
  effect: { kind: 'delay', milliseconds: 300 },
} as const;

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('opening a source and starting a procedure at the same instant', () => {
  it('exactly one of them happens, the other is busy, whoever comes first and by however much', async () => {
    const outcomes = { opened: 0, started: 0 };
    for (const first of ['open', 'start'] as const)
      for (const between of [0, 1, 2, 4, 8, 16, 32]) {
        const lab = await openSimulatedBackend();
        const { start, subsystemId } = await reviewed(lab);
        // What has started must not have ended already when the other one comes.
        if (first === 'start')
          await lab.ask('simulation:add-fault', { subsystemId, controllerId: null, fault: slow });
        const { handlers } = lab.backend;
        const open = () => handlers['fleet:open'](zoo);
        const run = () => handlers['procedure:run'](start);
        const one = first === 'open' ? open() : run();
        await turns(between);
        const other = first === 'open' ? run() : open();
        const [opened, started] = first === 'open' ? [await one, await other] : [await other, await one];
        const errors = [opened, started].flatMap((answer) => (answer.ok ? [] : [answer.error.code]));
        const { source } = await lab.fleet();
        const didStart = started.ok && 'outcome' in started.value && started.value.outcome === 'started';
        if (opened.ok) {
          outcomes.opened += 1;
          // A start that comes when all is open is planned for the new fleet, and refused for that.
          if (started.ok || started.error.code !== 'busy') expect(between).toBeGreaterThan(0);
          if (first === 'open') expect(didStart).toBe(false);
          expect(source.name).toBe('zoo');
        } else {
          outcomes.started += 1;
          expect([errors, didStart, source.name]).toEqual([['busy'], true, 'two-hosts']);
        }
        await lab.close();
        // What is kept under a key is the fleet of that key.
        const again = await openSimulatedBackend(lab.dataDir);
        const fleet = await again.fleet();
        expect(fleet.source.name).toBe(source.name);
        expect(Object.keys(fleet.hosts).includes('hv-a')).toBe(source.name === 'two-hosts');
        await again.close();
      }
    expect(Math.min(outcomes.opened, outcomes.started)).toBeGreaterThan(3);
  }, 120_000);

  it('an undo is busy while a source is being opened, and so is a second source', async () => {
    const lab = await openSimulatedBackend();
    const assigned = await lab.assign();
    if (!assigned.ok) throw new Error(assigned.error.message);
    const { id } = await lab.until(assigned.value.id, ended);
    const { digest, fleetRevision } = await lab.ask('procedure:plan-undo', { runId: id });
    const { handlers } = lab.backend;
    const opening = handlers['fleet:open'](zoo);
    await turns(1);
    const refused = await Promise.all([
      handlers['procedure:undo']({ runId: id, reviewed: { digest, fleetRevision } }),
      handlers['fleet:open']({ kind: 'built-in', name: 'rack' }),
    ]);
    for (const answer of refused)
      expect(answer).toMatchObject({ ok: false, error: { code: 'busy', message: 'zoo is being opened.' } });
    expect((await opening).ok).toBe(true);
    expect((await lab.ask('history:get', { runId: id })).status).toBe('done');
  });

  it('the program that ends while a source is being opened ends in order, and starts with it or with the former one', async () => {
    const lab = await openSimulatedBackend();
    await lab.ask('fleet:snapshot', {});
    const opening = lab.backend.handlers['fleet:open'](zoo);
    await turns(2);
    await lab.close();
    expect((await opening).ok).toBe(true);
    const again = await openSimulatedBackend(lab.dataDir);
    expect((await again.fleet()).source.name).toBe('zoo');
    expect(again.notices()).toEqual([]);
  });
});
