import type { CommandTraceEntry } from '#shared/trace/schema.ts';
import type { Emit } from '../event-hub.ts';
import { describeTraced, type TracedCommand, type TraceSink } from '../hosts/traced-admin-queue.ts';

/** Entries kept for whoever asks later. */
const capacity = 20_000;
/** At most twenty messages a second, however many commands there are. */
const pushMilliseconds = 50;

export interface TraceBuffer {
  readonly sink: TraceSink;
  /** The newest entries, oldest of them first. */
  recent(limit: number): CommandTraceEntry[];
  /** Pushes what waits and stops. */
  close(): void;
}

/** Keeps the last commands and pushes new ones in batches. What overruns the ring between two pushes is not pushed. */
export function createTraceBuffer(emit: Emit): TraceBuffer {
  const ring: TracedCommand[] = [];
  let sequence = 0;
  let pushed = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;

  /** The newest `count` commands; the one with sequence n stands at (n - 1) modulo the capacity. */
  const newest = (count: number): CommandTraceEntry[] => {
    const entries: CommandTraceEntry[] = [];
    for (let number = sequence - Math.min(count, ring.length) + 1; number <= sequence; number++) {
      const traced = ring[(number - 1) % capacity];
      if (traced !== undefined) entries.push(describeTraced(traced, number));
    }
    return entries;
  };

  const push = () => {
    timer = null;
    if (pushed === sequence) return;
    const entries = newest(sequence - pushed);
    pushed = sequence;
    emit('trace:entries', { entries });
  };

  return {
    sink(traced) {
      ring[sequence % capacity] = traced;
      sequence += 1;
      if (timer === null) {
        timer = setTimeout(push, pushMilliseconds);
        timer.unref();
      }
    },
    recent: newest,
    close() {
      if (timer !== null) clearTimeout(timer);
      push();
    },
  };
}
