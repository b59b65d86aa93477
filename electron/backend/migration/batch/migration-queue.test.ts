import { describe, expect, it } from 'vitest';
import type { MigrationBatch, NewBatch } from '#shared/migration/batch/batch.ts';
import { nothingAgreed } from '#shared/procedure/agreement.ts';
import { systemClock } from '../../system-clock.ts';
import { type GuestFleetOptions, guestFleet, guestName } from '../../test-support/guest-fleet.ts';
import { requestFor } from '../../test-support/migration-request.ts';
import { type MigrationWorld, openMigrationWorld } from '../../test-support/migration-world.ts';
import { createTestLog, createTestRandom } from '../../test-support/test-clock.ts';
import { createMigrationQueue } from './migration-queue.ts';

function queueOn(world: MigrationWorld, seed = 5) {
  const told: MigrationBatch[] = [];
  const log = createTestLog();
  const queue = createMigrationQueue({
    ...{ store: world.store, runner: world.runner, clock: systemClock, log },
    random: createTestRandom(seed),
    tell: (batch) => void told.push(batch),
    source: () => 'guests',
    fleet: () => world.writer.fleet,
  });
  world.listeners.add(queue.runChanged);
  const finished = async (id: string) => {
    const batch = await queue.finished(id);
    if (batch === null) throw new Error('no batch');
    return batch;
  };
  return { ...queue, finished, told, log };
}

async function open(options: Partial<GuestFleetOptions> = {}) {
  const world = await openMigrationWorld(guestFleet({ guests: { 'hv-a': 4, 'hv-b': 1 }, ...options }));
  return { world, queue: queueOn(world) };
}

/** Guests of hv-a that go to hv-b; each mapped as if those before it had gone there. */
function asking(world: MigrationWorld, guests: readonly number[], more: Partial<NewBatch> = {}): NewBatch {
  const taken = new Set<string>();
  const free = Object.values(world.writer.fleet.controllers).flatMap((one) =>
    one.role === 'secondary' && one.hostId === 'hv-b' && one.virtualMachineId === null ? [one.id] : [],
  );
  return {
    ...{ title: 'Move some', limits: { atOnce: 2, perHost: 2 }, whenOneFails: 'go-on' },
    members: guests.map((guest) => {
      const request = requestFor(world.writer.fleet, {
        virtualMachineId: `hv-a:${guestName('hv-a', guest)}`,
      });
      const [device] = request.devices;
      const destinationId = free.find((id) => !taken.has(id)) ?? '';
      taken.add(destinationId);
      return { request: { ...request, devices: [{ ...device!, destinationId }] }, agreed: nothingAgreed };
    }),
    ...more,
  };
}

const begun = (queue: ReturnType<typeof queueOn>, asked: NewBatch): MigrationBatch => {
  const batch = queue.begin(asked);
  if (!batch.ok) throw new Error(batch.error.message);
  return batch.value;
};
const states = ({ members }: MigrationBatch) => members.map(({ name, state }) => `${name} ${state}`);

describe('a batch of migrations', () => {
  it('starts them in order, never more at once than it may, until all have arrived', async () => {
    const { world, queue } = await open();
    let most = 0;
    world.listeners.add(() => {
      most = Math.max(most, world.runner.running().length);
    });
    const { id } = begun(queue, asking(world, [0, 1, 2, 3]));
    const batch = await queue.finished(id);
    expect([batch.state, most, states(batch)]).toEqual([
      ...['ended', 2],
      ['a-00 done', 'a-01 done', 'a-02 done', 'a-03 done'],
    ]);
    const began = batch.members.map(({ runId }) => world.runner.find(runId ?? '')?.startedAt ?? 0);
    expect(began).toEqual([...began].sort((one, other) => one - other));
    expect(queue.log.lines).toEqual([]);
  });

  it('keeps to its limit for each host although more may run in all', async () => {
    const { world, queue } = await open();
    let most = 0;
    world.listeners.add(() => {
      most = Math.max(most, world.runner.running().length);
    });
    const { id } = begun(queue, asking(world, [0, 1, 2], { limits: { atOnce: 9, perHost: 1 } }));
    expect([(await queue.finished(id)).state, most]).toEqual(['ended', 1]);
  });

  it('lists what does not fit any more with its reasons, and goes on with the rest', async () => {
    // hv-b has room for two guests of 4 VQ each.
    const { world, queue } = await open({ guests: { 'hv-a': 3, 'hv-b': 1 }, resources: 12 });
    const { id } = begun(queue, asking(world, [0, 1, 2]));
    const batch = await queue.finished(id);
    expect(states(batch)).toEqual(['a-00 done', 'a-01 done', 'a-02 refused']);
    expect(batch.members[2]?.reasons).toEqual([
      expect.stringMatching(/^Free VQ resources: needs 4 VQ, free 0 of 12/),
    ]);
    expect(world.writer.fleet.virtualMachines['hv-a:a-02']?.state).toBe('running');
  });

  it('lets one wait for what another one that is under way will free', async () => {
    const { world, queue } = await open();
    const asked = asking(world, [0, 1]);
    // Both go to the same function; the second one can only be refused when the first one is over.
    asked.members[1]!.request.devices[0]!.destinationId = asked.members[0]!.request.devices[0]!.destinationId;
    const { id } = begun(queue, asked);
    const batch = await queue.finished(id);
    expect(states(batch)).toEqual(['a-00 done', 'a-01 refused']);
    expect(
      queue.told.some(({ members }) => members[1]?.state === 'waiting' && members[1].reasons.length > 0),
    ).toBe(true);
  });

  it('goes on when one has failed, or is held there if that is asked for', async () => {
    for (const whenOneFails of ['go-on', 'stop'] as const) {
      const { world, queue } = await open();
      let aborted = false;
      world.listeners.add((run) => {
        if (aborted || run.steps[3]?.status !== 'running') return;
        aborted = true;
        queueMicrotask(() => world.runner.abort(run.id));
      });
      const limits = { atOnce: 1, perHost: 1 };
      const { id } = begun(queue, asking(world, [0, 1], { whenOneFails, limits }));
      const batch = await queue.finished(id);
      expect(batch.members[0]).toMatchObject({
        ...{
          state: 'failed',
          reasons: ['It was aborted as requested, and the steps already done were undone.'],
        },
      });
      if (whenOneFails === 'go-on') expect(states(batch)).toEqual(['a-00 failed', 'a-01 done']);
      else {
        expect([batch.state, batch.heldBecause, states(batch)]).toEqual([
          ...['held', 'a-00 was not moved.'],
          ['a-00 failed', 'a-01 waiting'],
        ]);
        expect(queue.change(id, { kind: 'go-on' }).ok).toBe(true);
        expect(states(await queue.finished(id))).toEqual(['a-00 failed', 'a-01 done']);
      }
    }
  });

  it('takes out what waits, puts it into another order, and changes its limits', async () => {
    const { world, queue } = await open();
    const { id } = begun(queue, asking(world, [0, 1, 2, 3], { limits: { atOnce: 1, perHost: 1 } }));
    const [, second, third, fourth] = queue.list()[0]!.members;
    await Promise.resolve();
    expect(queue.change(id, { kind: 'take-out', memberId: third!.id }).ok).toBe(true);
    expect(queue.change(id, { kind: 'take-out', memberId: third!.id })).toMatchObject({
      error: { code: 'refused', object: 'a-02' },
    });
    expect(queue.change(id, { kind: 'reorder', memberIds: [fourth!.id, second!.id] }).ok).toBe(true);
    expect(queue.change(id, { kind: 'set-limits', limits: { atOnce: 2, perHost: 2 } }).ok).toBe(true);
    const batch = await queue.finished(id);
    expect(states(batch)).toEqual(['a-00 done', 'a-03 done', 'a-02 cancelled', 'a-01 done']);
  });

  it('aborts all: what waits is taken out, what is under way goes back', async () => {
    const { world, queue } = await open();
    const { id } = begun(queue, asking(world, [0, 1, 2, 3]));
    await new Promise<void>((resolve) => {
      world.listeners.add((run) => {
        if (run.steps[4]?.status === 'running' && world.runner.running().length === 2) resolve();
      });
    });
    expect(queue.change(id, { kind: 'abort-all' }).ok).toBe(true);
    const batch = await queue.finished(id);
    expect(states(batch)).toEqual(['a-00 failed', 'a-01 failed', 'a-02 cancelled', 'a-03 cancelled']);
    expect(
      Object.values(world.writer.fleet.virtualMachines).filter(({ hostId }) => hostId === 'hv-a'),
    ).toHaveLength(4);
  });

  it('refuses a virtual machine that is in another batch, or twice in one, or unknown', async () => {
    const { world, queue } = await open();
    const asked = asking(world, [0, 1]);
    expect(queue.begin({ ...asked, members: [...asked.members, asked.members[0]!] })).toMatchObject({
      error: { code: 'conflict', object: 'a-00', field: 'members[2]' },
    });
    const { id } = begun(queue, asked);
    expect(queue.begin(asked)).toMatchObject({ error: { code: 'conflict', object: 'a-00' } });
    await queue.finished(id);
    expect(queue.begin(asked)).toMatchObject({ error: { code: 'not-found', object: 'hv-a:a-00' } });
  });

  it('is found again after the program was killed, held, with what had begun', async () => {
    const { world, queue } = await open();
    const { id } = begun(queue, asking(world, [0, 1, 2], { limits: { atOnce: 1, perHost: 1 } }));
    queue.close();
    const [first] = await Promise.all(world.runner.running().map((run) => world.runner.finished(run.id)));
    // Killed right after the second one was noted, before its run began.
    const kept = world.store.batches.list('guests')[0]!;
    const members = kept.members.map((member, index) =>
      index === 1 ? { ...member, state: 'running' as const, startedAt: Date.now() } : member,
    );
    world.store.batches.save('guests', { ...kept, members });
    const after = queueOn(world, 6);
    after.sourceOpened();
    const [found] = after.list();
    expect([found?.state, found?.heldBecause, states(found!)]).toEqual([
      ...['held', 'Berth ended while it was under way.'],
      [`a-00 ${first?.status}`, 'a-01 waiting', 'a-02 waiting'],
    ]);
    expect(first?.status).toBe('done');
    expect(after.change(id, { kind: 'drop-rest' }).ok).toBe(true);
    expect([after.list()[0]?.state, states(after.list()[0]!)]).toEqual([
      'ended',
      ['a-00 done', 'a-01 cancelled', 'a-02 cancelled'],
    ]);
  });

  it('starts with what was acknowledged, and only with that', async () => {
    const { world, queue } = await open();
    const asked = asking(world, [0]);
    // A short budget is a warning of the checks.
    const options = { ...asked.members[0]!.request.options, downtimeBudgetMilliseconds: 1 };
    const request = { ...asked.members[0]!.request, options };
    const plain = await queue.finished(
      begun(queue, { ...asked, members: [{ request, agreed: nothingAgreed }] }).id,
    );
    expect(states(plain)).toEqual(['a-00 refused']);
    const acknowledged = world.runner.propose({ kind: 'intent', intent: { kind: 'migrate', request } });
    expect(acknowledged.ok).toBe(true);
    const { checkCompatibility } = await import('#shared/migration/checks/compatibility.ts');
    const warnings = checkCompatibility(world.writer.fleet, request).checks.flatMap(({ id, verdict }) =>
      verdict === 'warning' ? [id] : [],
    );
    const agreed = { ...request, acknowledged: warnings };
    const again = begun(queue, { ...asked, members: [{ request: agreed, agreed: nothingAgreed }] });
    expect(states(await queue.finished(again.id))).toEqual(['a-00 done']);
  });
});
