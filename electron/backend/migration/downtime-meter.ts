import { type DowntimePhaseName, downtimePhaseNames } from '#shared/migration/downtime.ts';
import { definitionOf, type Step } from '#shared/procedure/step.ts';

/** Measures how long a guest stood still, and in which part of the migration. Times are monotonic microseconds. */
export interface DowntimeMeter {
  /** The guest stopped just now. */
  start(now: number): void;
  /** A step ended just now; the time since the last mark belongs to its part. */
  mark(step: Step, now: number): void;
  /** The guest runs again: at the destination it moved (`measured`), at the source it did not. */
  stop(now: number): void;
  /** Milliseconds; null while the guest runs for the first time or still stands. */
  readonly total: number | null;
  readonly phases: readonly { readonly phase: DowntimePhaseName; readonly milliseconds: number }[];
}

export function createDowntimeMeter(): DowntimeMeter {
  const spent = new Map<DowntimePhaseName, number>();
  let startedAt: number | null = null;
  let markedAt = 0;
  let total: number | null = null;
  return {
    start(now) {
      startedAt = now;
      markedAt = now;
    },
    mark(step, now) {
      if (startedAt === null || total !== null) return;
      const phase = downtimePhaseOf(step, spent);
      spent.set(phase, (spent.get(phase) ?? 0) + (now - markedAt));
      markedAt = now;
    },
    stop(now) {
      if (startedAt !== null && total === null) total = (now - startedAt) / 1000;
    },
    get total() {
      return total;
    },
    get phases() {
      return downtimePhaseNames.flatMap((phase) => {
        const microseconds = spent.get(phase);
        return microseconds === undefined ? [] : [{ phase, milliseconds: microseconds / 1000 }];
      });
    },
  };
}

/** A step that belongs to no part by itself, such as stopping a device, quiesces before the state was moved, and loads after it. */
function downtimePhaseOf(step: Step, spent: ReadonlyMap<DowntimePhaseName, number>): DowntimePhaseName {
  const own = definitionOf(step).downtime?.(step) ?? null;
  return own ?? (spent.has('device state') ? 'load, resume' : 'quiesce');
}
