import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventOf } from '#shared/ipc/contract.ts';
import { adminCommand } from '#shared/nvme/command.ts';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';
import type { TracedCommand } from '../hosts/traced-admin-queue.ts';
import { createTraceBuffer } from './trace-buffer.ts';

const entry: TracedCommand = {
  simulatedTime: false,
  at: 0,
  owner: { hostId: 'hv-a', controller: 'nvme1', side: 'host' },
  command: adminCommand({ opcode: 6, cdw10: 1, readLength: 4096 }),
  completion: { sct: 0, sc: 0, dnr: false, dw0: 0 },
  failure: '',
  latencyMicroseconds: 1,
};

describe('the trace buffer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('pushes at most twenty times a second, with nothing left out', () => {
    const pushed: CommandTraceEntry[][] = [];
    const buffer = createTraceBuffer((_channel, event) =>
      pushed.push((event as EventOf<'trace:entries'>).entries),
    );
    for (let millisecond = 0; millisecond < 1000; millisecond += 1) {
      buffer.sink(entry);
      vi.advanceTimersByTime(1);
    }
    buffer.close();
    expect(pushed.length).toBeLessThanOrEqual(20);
    expect(pushed.flat().map((one) => one.sequence)).toEqual(
      Array.from({ length: 1000 }, (_, index) => index + 1),
    );
  });

  it('keeps the last 20,000 in order', () => {
    const buffer = createTraceBuffer(() => undefined);
    for (let count = 0; count < 20_500; count += 1) buffer.sink(entry);
    const kept = buffer.recent(20_000);
    expect([kept.length, kept[0]?.sequence, kept.at(-1)?.sequence]).toEqual([20_000, 501, 20_500]);
    expect(buffer.recent(2).map((one) => one.sequence)).toEqual([20_499, 20_500]);
    buffer.close();
  });
});
