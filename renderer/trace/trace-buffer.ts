import type { CommandTraceEntry } from '#shared/trace/schema.ts';

/** At most this many commands are kept in the window; the main process keeps the same number. */
export const traceLimit = 20_000;

/**
 * Adds entries that are newer than the newest one here. The recent list and the live messages overlap when the window
 * opens; the sequence number decides, so nothing shows twice. Returns the same array when nothing is new.
 */
export function appendTrace(
  entries: readonly CommandTraceEntry[],
  added: readonly CommandTraceEntry[],
): readonly CommandTraceEntry[] {
  if (added.length === 0) return entries;
  const bySequence = new Map(entries.map((entry) => [entry.sequence, entry]));
  const fresh = added.filter((entry) => !bySequence.has(entry.sequence));
  if (fresh.length === 0) return entries;
  const newest = entries.at(-1)?.sequence ?? 0;
  const joined = [...entries, ...fresh];
  if (fresh.some((entry) => entry.sequence < newest)) joined.sort((a, b) => a.sequence - b.sequence);
  return joined.length > traceLimit ? joined.slice(joined.length - traceLimit) : joined;
}
