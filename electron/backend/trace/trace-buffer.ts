import type { CommandTraceEntry } from '#shared/trace/schema.ts';
import type { Emit } from '../handlers.ts';
import type { TraceSink } from '../hosts/traced-admin-queue.ts';

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

/** Keeps the last commands and pushes new ones in batches. */
export function createTraceBuffer(emit: Emit): TraceBuffer {
  const ring: CommandTraceEntry[] = [];
  let next = 0;
  let sequence = 0;
  let waiting: CommandTraceEntry[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;

  const push = () => {
    timer = null;
    if (waiting.length === 0) return;
    const entries = waiting;
    waiting = [];
    emit('trace:entries', { entries });
  };

  return {
    sink(entry) {
      sequence += 1;
      const numbered = { sequence, ...entry };
      if (ring.length < capacity) ring.push(numbered);
      else ring[next] = numbered;
      next = (next + 1) % capacity;
      waiting.push(numbered);
      if (waiting.length > capacity) waiting.shift();
      if (timer === null) {
        timer = setTimeout(push, pushMilliseconds);
        timer.unref();
      }
    },
    recent(limit) {
      const inOrder = ring.length < capacity ? ring : [...ring.slice(next), ...ring.slice(0, next)];
      return inOrder.slice(-limit);
    },
    close() {
      if (timer !== null) clearTimeout(timer);
      push();
    },
  };
}
