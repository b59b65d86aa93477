import type { MigrationBatch } from '#shared/migration/batch/batch.ts';

/** Fifty members that begin in one turn are one message; people see no difference. */
const pauseMilliseconds = 100;

/** Tells batches in their newest state, each at most ten times a second. */
export function createBatchPublisher(tell: (batch: MigrationBatch) => void) {
  const waiting = new Map<string, MigrationBatch>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const flush = (id: string): void => {
    const batch = waiting.get(id);
    waiting.delete(id);
    timers.delete(id);
    if (batch === undefined) return;
    tell(batch);
    pauseAfter(id);
  };
  const pauseAfter = (id: string): void => {
    timers.set(id, setTimeout(() => flush(id), pauseMilliseconds).unref());
  };

  return {
    /** The first change goes out at once, what follows in the pause together. */
    changed(batch: MigrationBatch): void {
      if (timers.has(batch.id)) {
        waiting.set(batch.id, batch);
        return;
      }
      tell(batch);
      pauseAfter(batch.id);
    },
    close(): void {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const batch of waiting.values()) tell(batch);
    },
  };
}
