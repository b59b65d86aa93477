import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entrySequenceAttributes } from '#shared/nvme/layouts/tracking/user-data-migration-entry.ts';
import { logWrites, takeDirtyPages } from '../testing/dirty-log.ts';
import { createWorld, fleetInput, primaryInput, run, status } from '../testing/test-kit.ts';
import {
  createQueue,
  entryAt,
  logUserData,
  memoryChanges,
  queueMemory,
  trackMemory,
} from '../testing/tracking-commands.ts';
import { GuestWorkload } from './guest-workload.ts';

const uniform = { seconds: 10, pagesPerSecond: 1000, hotShare: 0.9 };
const workload = { phases: [uniform], readsPerSecond: 100, writesPerSecond: 50, blocksPerCommand: 2 };

function world() {
  const vf = { vfn: 1, vq: 4, vi: 3, online: true, driver: 'vfio-pci' as const };
  const machine = { name: 'vm', vcpus: 2, memoryBytes: 1 << 28, devices: ['0000:01:00.1'], workload };
  const input = fleetInput({
    controllers: [primaryInput({ secondaries: [vf] })],
    namespaces: [{ nsid: 2, blocks: 1000, attachedTo: [1] }],
  });
  const made = createWorld({
    ...input,
    hosts: input.hosts.map((host, index) => (index === 0 ? { ...host, virtualMachines: [machine] } : host)),
  });
  return { ...made, pf: made.primary(0), vf: made.controller(1), machines: made.host('one').virtualMachines };
}

describe('a guest at work', () => {
  test('gives both trackers of its controller work, until it is paused', async () => {
    const { pf, clock, machines } = world();
    const memory = queueMemory(1024);
    const cdqid = run(pf, createQueue(1, memory)).dw0;
    run(pf, logUserData(cdqid, 1));
    expect(status(pf, trackMemory(1, [{ saddr: 0n, len: 1 << 16 }]))).toBe(0);
    clock.advance(1000);
    const changed = memoryChanges(pf, 1, 8192).changes;
    // 100 reads of 8 KiB at random places, and completion queue entries.
    expect(changed.reduce((sum, { len }) => sum + len, 0)).toBeGreaterThan(150);
    expect(entryAt(memory, 0)).toMatchObject({
      nsid: 2,
      nlb: 1,
      entrySequence: entrySequenceAttributes.first,
    });
    expect(entryAt(memory, 49).phase).toBe(1);
    expect(entryAt(memory, 50).phase).toBe(0);
    await machines.pause('vm');
    clock.advance(5000);
    expect(memoryChanges(pf, 1).changes).toEqual([]);
    await machines.resume('vm');
    clock.advance(100);
    expect(memoryChanges(pf, 1).changes.length).toBeGreaterThan(0);
  });

  test('a suspended controller does nothing more, though the guest’s processors go on', async () => {
    const { vf, pf, clock, machines } = world();
    logWrites(machines, 'vm');
    run(pf, trackMemory(1, [{ saddr: 0n, len: 1 << 16 }]));
    vf.suspended = true;
    const before = structuredClone(vf.live);
    clock.advance(1000);
    expect(memoryChanges(pf, 1)).toMatchObject({ changes: [], suspended: true });
    expect(takeDirtyPages(machines, 'vm')).toBeGreaterThan(0);
    expect(vf.live).toEqual(before);
  });

  test('the dirty log counts pages once, and its start empties it', () => {
    const { clock, machines } = world();
    expect(takeDirtyPages(machines, 'vm')).toBeNull();
    clock.advance(60_000);
    logWrites(machines, 'vm');
    clock.advance(2000);
    const pages = takeDirtyPages(machines, 'vm');
    expect(pages).toBeGreaterThan(1900);
    expect(pages).toBeLessThanOrEqual(2000);
    expect(takeDirtyPages(machines, 'vm')).toBe(0);
  });

  test('goes on at the destination once its memory is there', async () => {
    const { clock, machines, host } = world();
    const there = host('two').virtualMachines;
    await there.createIncoming({ name: 'vm', vcpus: 2, memoryBytes: 1 << 28 });
    await machines.pause('vm');
    await machines.sendMemory('vm', there, () => undefined, new AbortController().signal);
    await there.resume('vm');
    logWrites(there, 'vm');
    clock.advance(1000);
    expect(takeDirtyPages(there, 'vm')).toBeGreaterThan(900);
  });

  test('queues of its controller move on, and its memory changes', () => {
    const { clock, vf, machines } = world();
    const digest = machines.machines.get('vm')?.memoryDigest;
    const tails = () => [...vf.live.completionQueues.values()].map(({ tail }) => tail);
    const before = tails();
    clock.advance(30);
    machines.settle();
    expect(tails()).not.toEqual(before);
    expect(machines.machines.get('vm')?.memoryDigest).not.toBe(digest);
  });
});

describe('GuestWorkload', () => {
  const made = () => {
    const hot = { seconds: 1.5, pagesPerSecond: 700, hotBytes: 1 << 20, hotShare: 0.8 };
    const file = { ...workload, phases: [hot, uniform, { ...uniform, pagesPerSecond: 0 }] };
    return new GuestWorkload({ workload: file, memoryBytes: 1 << 28, seed: 7 });
  };

  test('does the same however often it is looked at', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40_000_000 }), { minLength: 1, maxLength: 20 }),
        (steps) => {
          const often = made();
          let last = { from: 0, to: 0 };
          for (const step of steps) {
            const { pages } = often.run(step);
            expect(pages.from).toBe(last.to);
            last = pages;
          }
          const once = made().run(steps.reduce((sum, step) => sum + step, 0));
          expect(once.pages.to).toBe(last.to);
        },
      ),
    );
  });

  test('a hot set gets its share, the rest is spread over all memory', () => {
    const guest = made();
    const drawn = Array.from({ length: 1000 }, (_, index) => guest.page(index));
    const hot = drawn.filter((page) => page < 256).length / drawn.length;
    expect(hot).toBeGreaterThan(0.75);
    expect(hot).toBeLessThan(0.85);
    expect(Math.max(...drawn)).toBeGreaterThan(50_000);
    // Events behind the first phase have no hot set.
    const cold = Array.from({ length: 1000 }, (_, index) => guest.page(1050 + index));
    expect(cold.filter((page) => page < 256).length).toBeLessThan(30);
  });
});
