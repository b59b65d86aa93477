import { describe, expect, it } from 'vitest';
import type { EventOf } from '#shared/ipc/contract.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { systemClock } from '../system-clock.ts';
import { openSimulatedBackend } from '../test-support/simulated-backend.ts';

const virtualMachineId = 'hv-a:db-primary';

async function reviewedMigration() {
  const backend = await openSimulatedBackend();
  const { devices } = await backend.ask('migration:propose', { virtualMachineId, destinationHostId: 'hv-b' });
  const options = { releaseSource: true, detachSourceNamespaces: true, downtimeBudgetMilliseconds: 300 };
  const request: MigrationRequest = {
    ...{ virtualMachineId, destinationHostId: 'hv-b', devices, options, acknowledged: [] },
  };
  const plan = await backend.ask('procedure:plan', { intent: { kind: 'migrate', request } });
  const states = () =>
    backend.events.flatMap(({ channel, event }) =>
      channel === 'migration-rehearsal:changed' ? [event as EventOf<'migration-rehearsal:changed'>] : [],
    );
  const end = async (id: number) => {
    for (;;) {
      const last = states().findLast((state) => state.id === id);
      if (last !== undefined && last.status !== 'running') return last;
      await systemClock.sleep(5);
    }
  };
  return { backend, request, plan, end };
}

describe('the rehearsal of a migration', () => {
  it('leaves the open fleet alone, is told as it goes on, and is journalled with its plan', async () => {
    const { backend, request, plan, end } = await reviewedMigration();
    const before = JSON.stringify(await backend.fleet());
    const { digest } = plan;
    const begun = await backend.ask('migration-rehearsal:start', {
      ...{ request, digest, faults: ['link-down', 'refused-always'], steps: [3, 12] },
    });
    const { status, rehearsal, error } = await end(begun.id);
    expect([status, error]).toEqual(['ended', null]);
    expect(rehearsal).toMatchObject({ planDigest: digest, wanted: 4 });
    expect(rehearsal?.cells.every(({ passed }) => passed)).toBe(true);
    expect(JSON.stringify(await backend.fleet())).toBe(before);
    const cell = await backend.ask('migration-rehearsal:cell', {
      ...{ id: begun.id, step: 3, fault: 'refused-always' },
    });
    expect(cell).toMatchObject({ status: 'rolled-back', problems: [] });
    expect(cell.run?.steps[3]?.status).toBe('failed');
    const started = await backend.migrate();
    const kept = await backend.ask('history:get', { runId: started.id });
    expect(kept.plan.rehearsal).toEqual(rehearsal);
  });

  it('stops where it is, and keeps what it has', async () => {
    const { backend, request, plan, end } = await reviewedMigration();
    const { digest } = plan;
    const { id } = await backend.ask('migration-rehearsal:start', {
      ...{ request, digest, faults: ['link-down'], steps: null },
    });
    await systemClock.sleep(1500);
    await backend.ask('migration-rehearsal:stop', { id });
    const { status, rehearsal } = await end(id);
    expect(status).toBe('stopped');
    expect(rehearsal?.cells.length).toBeLessThan(rehearsal?.wanted ?? 0);
    const error = await backend.refusal('migration-rehearsal:stop', { id: id + 1 });
    expect(error.code).toBe('not-found');
  });

  it('says that the plan is another one by now', async () => {
    const { backend, request, end } = await reviewedMigration();
    const digest = 'a'.repeat(64);
    const { id } = await backend.ask('migration-rehearsal:start', {
      ...{ request, digest, faults: ['link-down'], steps: [1] },
    });
    expect(await end(id)).toMatchObject({ status: 'ended', rehearsal: null, error: { code: 'conflict' } });
  });
});
