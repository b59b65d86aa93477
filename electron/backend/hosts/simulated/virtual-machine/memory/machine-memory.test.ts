import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Result } from '#shared/result.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { resetController } from '../../controller/resets.ts';
import { createWorld, fleetInput, primaryInput } from '../../testing/test-kit.ts';

const memoryBytes = 1 << 28;
const never = new AbortController().signal;
const silent = () => undefined;

const busy = {
  phases: [
    { seconds: 1, pagesPerSecond: 9000, hotBytes: 1 << 24, hotShare: 0.7 },
    { seconds: 1, pagesPerSecond: 400, hotShare: 0 },
  ],
  readsPerSecond: 900,
  writesPerSecond: 200,
  blocksPerCommand: 4,
};

function world(workload = busy) {
  const vfs = [1, 2].map((vfn) => ({ vfn, vq: 4, vi: 3, online: true, driver: 'vfio-pci' as const }));
  const machine = {
    ...{ name: 'vm', vcpus: 2, memoryBytes, workload },
    devices: ['0000:01:00.1', '0000:01:00.2'],
  };
  const input = fleetInput({
    controllers: [primaryInput({ secondaries: vfs })],
    namespaces: [{ nsid: 2, blocks: 1000, attachedTo: [1, 2] }],
  });
  const made = createWorld({
    ...input,
    hosts: input.hosts.map((host, index) => (index === 0 ? { ...host, virtualMachines: [machine] } : host)),
  });
  const [here, there] = [made.host('one').virtualMachines, made.host('two').virtualMachines];
  return {
    ...made,
    ...{ here, there },
    source: () => here.machines.get('vm'),
    destination: () => there.machines.get('vm'),
    /** Stops the guest and its devices, and sends the rest. */
    async finish() {
      value(await here.pause('vm'));
      for (const cntlid of [1, 2]) made.controller(cntlid).suspended = true;
      return value(await here.sendMemory('vm', there, silent, never));
    },
  };
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** Everything is ready for the first round. */
async function begun(workload = busy) {
  const all = world(workload);
  value(await all.there.createIncoming({ name: 'vm', vcpus: 2, memoryBytes }));
  value(await all.here.trackMemory('vm', true));
  return all;
}

const round = ({ here, there }: ReturnType<typeof world>, signal = never) =>
  here.sendRound('vm', there, silent, signal);

describe('a guest that goes on while its memory is sent', () => {
  test('the first round sends everything, each other one what was written since', async () => {
    const all = await begun();
    const first = value(await round(all));
    expect(first).toMatchObject({ bytes: memoryBytes, startsOver: false });
    expect(first.leftBytes).toBeGreaterThan(0);
    const second = value(await round(all));
    expect(second.bytes).toBe(first.leftBytes);
    expect(second.leftBytes).toBeLessThan(first.leftBytes);
    const { bytes, checksum, arrived, sentBytes } = await all.finish();
    expect([bytes, arrived]).toEqual([memoryBytes, checksum]);
    expect(sentBytes).toBeLessThan(memoryBytes / 10);
    expect(all.destination()?.memoryDigest).toBe(all.source()?.memoryDigest);
  });

  test('has at the destination what it had when it stopped, whatever it did and whatever broke off', async () => {
    const event = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('round' as const) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('runs' as const), ms: fc.nat({ max: 900 }) }) },
      fc.record({ kind: fc.constant('aborted' as const), after: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant('tracking lost' as const) }),
      fc.record({ kind: fc.constant('anew' as const) }),
      fc.record({
        kind: fc.constant('throttled' as const),
        share: fc.double({ min: 0, max: 0.9, noNaN: true }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 8 }), async (events) => {
        const all = await begun();
        const { here, there, clock } = all;
        for (const happens of events) {
          if (happens.kind === 'runs') clock.advance(happens.ms);
          else if (happens.kind === 'round') value(await round(all));
          else if (happens.kind === 'throttled') value(await here.throttle('vm', happens.share));
          else if (happens.kind === 'tracking lost') resetController(all.primary(0), 'controller');
          else if (happens.kind === 'anew') {
            value(await there.destroy('vm'));
            value(await there.createIncoming({ name: 'vm', vcpus: 2, memoryBytes }));
          } else {
            const abort = new AbortController();
            let pieces = 0;
            const stop = () => (++pieces === happens.after ? abort.abort() : undefined);
            await here.sendRound('vm', there, stop, abort.signal);
          }
        }
        const { checksum, arrived } = await all.finish();
        expect(arrived).toBe(checksum);
        expect(all.destination()?.memoryDigest).toBe(all.source()?.memoryDigest);
      }),
      { numRuns: numRuns(40, 1500) },
    );
  });

  test('gets everything again where the log of a device has broken off', async () => {
    const all = await begun();
    value(await round(all));
    resetController(all.primary(0), 'controller');
    expect(value(await round(all))).toMatchObject({ startsOver: true, bytes: memoryBytes });
    expect(value(await round(all)).bytes).toBeLessThan(memoryBytes / 4);
  });

  test('would miss what devices write, if nobody noted that', async () => {
    const all = await begun({
      ...busy,
      phases: [{ seconds: 1, pagesPerSecond: 0, hotBytes: 4096, hotShare: 0 }],
    });
    value(await round(all));
    const deaf = all
      .source()
      ?.devices.map(({ controller }) => Object.assign(controller, { memoryTracker: null }));
    expect(deaf).toHaveLength(2);
    all.clock.advance(500);
    const { checksum, arrived } = await all.finish();
    expect(arrived).not.toBe(checksum);
  });

  test('sends no round that nobody has prepared: it may be one that arrives late', async () => {
    const all = world();
    value(await all.there.createIncoming({ name: 'vm', vcpus: 2, memoryBytes }));
    expect(await round(all)).toMatchObject({ ok: false, error: { code: 'refused', field: 'memory' } });
    expect(all.source()).toMatchObject({ dirtyLog: null, outgoing: null });
    expect(all.controller(1).memoryTracker).toBeNull();
  });

  test('a device that does not log its writes keeps it from going on', async () => {
    const all = world();
    Object.assign(all.source()?.devices[1]?.vfio ?? {}, { dmaLogging: null });
    expect(await all.here.trackMemory('vm', true)).toMatchObject({
      ok: false,
      error: { code: 'not-supported', object: '0000:01:00.2' },
    });
    // The log of the other one does not stay behind.
    expect(all.controller(1).memoryTracker).toBeNull();
  });

  test('tracking leaves nothing behind, and gives the processors their time back', async () => {
    const all = await begun();
    value(await round(all));
    value(await all.here.throttle('vm', 0.5));
    expect(all.controller(1).memoryTracker).not.toBeNull();
    expect(await all.here.list()).toMatchObject({ value: [{ tracksMemory: true, throttleShare: 0.5 }] });
    expect(value(await round(all))).toMatchObject({ throttleShare: 0.5 });
    value(await all.here.trackMemory('vm', false));
    expect([all.controller(1).memoryTracker, all.controller(2).memoryTracker]).toEqual([null, null]);
    expect(all.source()).toMatchObject({ outgoing: null, dirtyLog: null, throttle: 0 });
    expect(await all.here.list()).toMatchObject({ value: [{ tracksMemory: false, throttleShare: 0 }] });
    // One that comes late slows down nobody.
    expect(await all.here.throttle('vm', 0.5)).toMatchObject({ ok: false, error: { code: 'refused' } });
    value(await all.here.throttle('vm', 0));
    expect(all.source()).toMatchObject({ throttle: 0 });
  });

  test('a throttled guest writes less', async () => {
    const sentAfter = async (share: number) => {
      const all = await begun();
      value(await round(all));
      value(await all.here.throttle('vm', share));
      all.clock.advance(1000);
      return (await all.finish()).sentBytes;
    };
    expect(await sentAfter(0.9)).toBeLessThan((await sentAfter(0)) * 0.5);
  });
});
