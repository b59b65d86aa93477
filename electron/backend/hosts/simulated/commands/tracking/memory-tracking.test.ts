import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resetController } from '../../controller/resets.ts';
import { MemoryTracker } from '../../state/memory-tracker.ts';
import { memoryWritten } from '../../state/tracking-state.ts';
import { bringUp, createWorld, identifyCommand, run, status } from '../../testing/test-kit.ts';
import { memoryChanges, trackMemory, trackReceive } from '../../testing/tracking-commands.ts';

const page = 4096n;

function world() {
  const made = createWorld();
  bringUp(made.controller(0), 1);
  bringUp(made.controller(0), 2);
  return { ...made, pf: made.primary(0), vf: made.controller(1) };
}

const range = (first: number, len: number, granule = 1) => ({
  saddr: BigInt(first * granule) * page,
  len,
});

describe('Track Memory Changes', () => {
  test('what the function wrote is reported once, as whole granules', () => {
    const { pf, vf } = world();
    expect(status(pf, trackMemory(1, [range(16, 16)]))).toBe(0);
    memoryWritten(vf, 17n * page + 100n, 200);
    memoryWritten(vf, 18n * page - 1n, 2);
    memoryWritten(vf, 31n * page, 1 << 20);
    memoryWritten(vf, 3n * page, 4096);
    expect(memoryChanges(pf, 1)).toMatchObject({
      cntlid: 1,
      rpmpg: 0,
      moreToReport: false,
      suspended: false,
      changes: [
        { saddr: 17n * page, len: 2 },
        { saddr: 31n * page, len: 1 },
      ],
    });
    expect(memoryChanges(pf, 1).changes).toEqual([]);
  });

  test('more than the buffer holds is told by MTR and comes with the next command', () => {
    const { pf, vf } = world();
    run(pf, trackMemory(1, [range(0, 100)]));
    for (const at of [1, 3, 5]) memoryWritten(vf, BigInt(at) * page, 1);
    expect(memoryChanges(pf, 1, 48)).toMatchObject({ moreToReport: true, changes: { length: 2 } });
    expect(memoryChanges(pf, 1, 48)).toMatchObject({
      moreToReport: false,
      changes: [{ saddr: 5n * page, len: 1 }],
    });
    expect(status(pf, trackReceive(1, 16))).toBe(0x4002);
    expect(status(pf, { ...trackReceive(1), readLength: 8 })).toBe(0x4002);
    expect(status(pf, { ...trackReceive(1), cdw10: 1 })).toBe(0x4002);
  });

  test('refusals carry the status of the reference and change nothing', () => {
    const { pf, vf } = world();
    const aligned = [range(0, 4, 4)];
    expect(status(pf, trackMemory(1, aligned, { version: 1 }))).toBe(0x4002);
    expect(status(pf, trackMemory(1, aligned, { rmrtg: 10 }))).toBe(0x4002);
    expect(status(pf, trackMemory(1, [range(1, 4)], { rmrtg: 2 }))).toBe(0x4002);
    expect(status(pf, trackMemory(1, []))).toBe(0x4002);
    expect(status(pf, trackMemory(1, [range(0, 0)]))).toBe(0x4002);
    expect(status(pf, { ...trackMemory(1, aligned), data: new Uint8Array(12) })).toBe(0x4002);
    expect(status(pf, { ...trackMemory(1, aligned), cdw10: 2 })).toBe(0x4002);
    expect(status(pf, trackMemory(0, aligned))).toBe(0x411f);
    expect(status(pf, trackMemory(77, aligned))).toBe(0x411f);
    expect(status(vf, trackMemory(1, aligned))).toBe(0x4001);
    expect(status(pf, trackReceive(1))).toBe(0x411f);
    expect(vf.memoryTracker).toBeNull();
    expect(status(pf, trackMemory(1, aligned))).toBe(0);
    expect(status(pf, trackMemory(1, aligned))).toBe(0x411f);
    expect(status(pf, trackMemory(1, [], { action: 0 }))).toBe(0);
    expect(status(pf, trackMemory(1, [], { action: 0 }))).toBe(0);
    expect(status(pf, trackReceive(1))).toBe(0x411f);
  });

  test('descriptors of all functions count against CMMRTD, granules against the memory of the device', () => {
    const { pf } = world();
    const { data } = run(pf, identifyCommand(1));
    const view = new DataView(data?.buffer ?? new ArrayBuffer(0));
    const most = view.getUint16(570, true);
    const ranges = Array.from({ length: most }, (_, index) => range(index * 2, 1));
    expect(status(pf, trackMemory(1, [...ranges, range(9999, 1)]))).toBe(0x4002);
    expect(status(pf, trackMemory(1, ranges))).toBe(0);
    expect(status(pf, trackMemory(2, [range(0, 1)]))).toBe(0x4002);
    run(pf, trackMemory(1, [], { action: 0 }));
    // 1 TiB at 4 KiB does not fit; at the granularity that dword 0 names it does.
    const tebibyte = { saddr: 0n, len: 2 ** 28 };
    const refused = run(pf, trackMemory(1, [tebibyte]));
    expect(refused).toMatchObject({ sct: 1, sc: 0x38, dw0: 2, dw1: most });
    expect(status(pf, trackMemory(1, [{ saddr: 0n, len: 2 ** 26 }], { rmrtg: 2 }))).toBe(0);
  });

  test('Identify announces tracking on the controlling function only', () => {
    const { pf, vf } = world();
    const bytes = (controller: typeof vf) => run(controller, identifyCommand(1)).data ?? new Uint8Array();
    expect(bytes(pf)[576]).toBe(3);
    expect(
      bytes(vf)
        .slice(570, 588)
        .every((byte) => byte === 0),
    ).toBe(true);
  });

  test('a suspended function reports SUSP; resets of the controlling function end tracking', () => {
    const { pf, vf } = world();
    run(pf, trackMemory(1, [range(0, 8)]));
    memoryWritten(vf, 0n, 1);
    vf.suspended = true;
    expect(memoryChanges(pf, 1)).toMatchObject({ suspended: true, moreToReport: false });
    resetController(vf, 'function');
    expect(memoryChanges(pf, 1).suspended).toBe(false);
    resetController(pf, 'controller');
    expect(vf.memoryTracker).toBeNull();
    expect(status(pf, trackReceive(1))).toBe(0x411f);
  });
});

describe('MemoryTracker', () => {
  test('reports exactly the granules that a simple model says, in any portions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 900_000_000 }), fc.integer({ min: 1, max: 90_000 })), {
          maxLength: 30,
        }),
        fc.integer({ min: 1, max: 5 }),
        (exponent, writes, portion) => {
          const granule = 4096 * 2 ** exponent;
          const ranges = [
            { saddr: 0n, len: 100 },
            { saddr: BigInt(granule) * 40_000n, len: 60_000 },
          ];
          const tracker = new MemoryTracker(exponent, ranges);
          const expected = new Set<number>();
          const isTracked = (at: number) => at < 100 || (at >= 40_000 && at < 100_000);
          for (const [address, length] of writes) {
            tracker.written(BigInt(address), length);
            const last = Math.floor((address + length - 1) / granule);
            for (let at = Math.floor(address / granule); at <= last; at++)
              if (isTracked(at)) expected.add(at);
          }
          expect(tracker.dirty).toBe(expected.size);
          const reported = new Set<number>();
          while (tracker.dirty > 0)
            for (const { saddr, len } of tracker.take(portion))
              for (let at = 0; at < len; at++) reported.add(Number(saddr) / granule + at);
          expect([...reported].sort()).toEqual([...expected].sort());
        },
      ),
    );
  });
});
