import { create } from 'zustand';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';

/** At most this many entries are kept in the window; the backend keeps its own, larger store. */
export const traceCapacity = 5000;

/** The newest admin commands of every host. */
export interface TraceState {
  /** Oldest first. */
  readonly entries: readonly CommandTraceEntry[];
}

/** The command trace of the page, at most `traceCapacity` entries. */
export const useTrace = create<TraceState>(() => ({ entries: [] }));

/** Appends entries that are newer than the last one. */
export function takeTrace(incoming: readonly CommandTraceEntry[]): void {
  useTrace.setState(({ entries }) => {
    // Batches can overlap with what was read at the start.
    const last = entries.at(-1)?.sequence ?? 0;
    const fresh = incoming.filter((entry) => entry.sequence > last);
    return fresh.length === 0 ? {} : { entries: [...entries, ...fresh].slice(-traceCapacity) };
  });
}

/** Puts the recent entries, read once at the start, before those that came meanwhile. */
export function takeRecentTrace(recent: readonly CommandTraceEntry[]): void {
  useTrace.setState(({ entries }) => {
    const first = entries[0]?.sequence ?? Number.POSITIVE_INFINITY;
    return {
      entries: [...recent.filter((entry) => entry.sequence < first), ...entries].slice(-traceCapacity),
    };
  });
}
