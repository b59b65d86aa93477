import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '#shared/procedure/step.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { createDowntimeMeter } from './downtime-meter.ts';
import { createMemoryLog } from './memory-log.ts';

const setState = (state: 'STOP' | 'STOP_COPY' | 'RUNNING'): Step => ({
  kind: 'vfio-set-state',
  controllerId: 'x',
  state,
});

describe('the downtime meter', () => {
  it('puts every microsecond between pause and resume into exactly one part', () => {
    const meter = createDowntimeMeter();
    meter.mark(setState('RUNNING'), 500);
    expect(meter.phases).toEqual([]);
    meter.start(1000);
    meter.mark(setState('STOP'), 3000);
    meter.mark({ kind: 'vm-send-memory', virtualMachineId: 'x', destinationHostId: 'y' }, 103_000);
    meter.mark(setState('STOP_COPY'), 104_000);
    meter.mark({ kind: 'vfio-transfer-state', sourceId: 'x', destinationId: 'y' }, 106_000);
    meter.mark(setState('STOP'), 107_000);
    meter.mark(setState('RUNNING'), 108_000);
    expect(meter.total).toBeNull();
    meter.mark({ kind: 'vm-resume', virtualMachineId: 'x' }, 110_000);
    meter.stop(110_000);
    meter.mark({ kind: 'vm-destroy', virtualMachineId: 'x' }, 900_000);
    expect(meter.total).toBe(109);
    expect(meter.phases).toEqual([
      { phase: 'quiesce', milliseconds: 2 },
      { phase: 'memory', milliseconds: 100 },
      { phase: 'device state', milliseconds: 3 },
      { phase: 'load, resume', milliseconds: 4 },
    ]);
  });
});

describe('the memory log', () => {
  it('never shows memory coming back, keeps first and last, and stays small', () => {
    const reports = fc.array(
      fc.record({ bytes: fc.integer({ min: 1, max: 1000 }), wait: fc.integer({ min: 1, max: 100_000 }) }),
      { minLength: 1, maxLength: 3000, size: 'max' },
    );
    fc.assert(
      fc.property(reports, (slices) => {
        const total = slices.reduce((sum, slice) => sum + slice.bytes, 0);
        const log = createMemoryLog(total);
        let now = 0;
        let sent = 0;
        log.sent(0, now);
        for (const { bytes, wait } of slices) {
          now += wait;
          sent += bytes;
          log.sent(sent, now);
        }
        const { memoryLeft, memorySentBytes, bytesPerSecond } = log.facts();
        expect(memorySentBytes).toBe(total);
        expect(memoryLeft[0]).toEqual({ milliseconds: 0, bytes: total });
        expect(memoryLeft.at(-1)?.bytes).toBe(0);
        expect(memoryLeft.length).toBeLessThanOrEqual(401);
        const left = memoryLeft.map((point) => point.bytes);
        expect(left).toEqual([...left].sort((first, second) => second - first));
        expect(bytesPerSecond).toBeCloseTo(total / (now / 1e6), 3);
      }),
      { numRuns: numRuns(40, 400) },
    );
  });
});
