/** Chosen chips of one tray, in the order of the tray. */
export interface FreeSelection {
  readonly ids: readonly string[];
  /** Where a range starts: the last one that was chosen alone. */
  readonly anchor: string | null;
}

/** No chip is chosen. */
export const nothingSelected: FreeSelection = { ids: [], anchor: null };

/** Ctrl click or Ctrl Space: one more, or one less. */
export function toggleChip(selection: FreeSelection, id: string, all: readonly string[]): FreeSelection {
  const chosen = new Set(selection.ids);
  if (!chosen.delete(id)) chosen.add(id);
  return { ids: all.filter((one) => chosen.has(one)), anchor: id };
}

/** Shift click or Shift arrow: everything from the anchor to here. */
export function extendTo(selection: FreeSelection, id: string, all: readonly string[]): FreeSelection {
  const anchor = selection.anchor !== null && all.includes(selection.anchor) ? selection.anchor : id;
  const [from, to] = [all.indexOf(anchor), all.indexOf(id)].sort((a, b) => a - b);
  return { ids: all.slice(from, (to ?? 0) + 1), anchor };
}

/** What was chosen and is still there. */
export function stillThere({ ids, anchor }: FreeSelection, all: readonly string[]): FreeSelection {
  // An anchor that is gone would make the next range start at its own end.
  const kept = anchor !== null && all.includes(anchor) ? anchor : null;
  return { ids: ids.filter((id) => all.includes(id)), anchor: kept };
}
