import { create } from 'zustand';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';
import { filterTrace } from './commands/trace-filter.ts';

/** A tab of the dock. */
export type DockTab = 'commands' | 'vfio' | 'journal' | 'script' | 'terminal';

/** What the person set in the dock; the Commands screen shows the same, so that neither forgets. */
export interface TraceView {
  readonly tab: DockTab;
  /** Filter as typed, see `TraceFilter`. */
  readonly text: string;
  readonly errorsOnly: boolean;
  /** Sequence number at which the list stands still; null: it follows. */
  readonly pausedAt: number | null;
  /** Entries up to this sequence number were cleared from view. */
  readonly clearedAt: number;
  /** Sequence number of the chosen entry. */
  readonly selected: number | null;
}

/** What the dock and the Commands screen show; both show the same. */
export const useTraceView = create<TraceView>(() => ({
  tab: 'commands',
  text: '',
  errorsOnly: false,
  pausedAt: null,
  clearedAt: 0,
  selected: null,
}));

/** The entries that the list shows, and how many newer ones wait behind the pause. */
export function shownTrace(
  entries: readonly CommandTraceEntry[],
  view: Pick<TraceView, 'text' | 'errorsOnly' | 'pausedAt' | 'clearedAt'>,
): { readonly shown: readonly CommandTraceEntry[]; readonly waiting: number } {
  const { clearedAt, pausedAt } = view;
  const kept = clearedAt === 0 ? entries : entries.filter((entry) => entry.sequence > clearedAt);
  const visible = pausedAt === null ? kept : kept.filter((entry) => entry.sequence <= pausedAt);
  return { shown: filterTrace(visible, view), waiting: kept.length - visible.length };
}
