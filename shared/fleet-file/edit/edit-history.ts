/** How many changes can be taken back. */
const limit = 500;

/** The texts that a document had; undo brings back exactly the one before. */
export interface EditHistory {
  readonly past: readonly string[];
  readonly text: string;
  readonly future: readonly string[];
  /** Changes with the same key, one after the other, count as one: what is typed into one field. */
  readonly mergeKey: string | null;
}

export function startHistory(text: string): EditHistory {
  return { past: [], text, future: [], mergeKey: null };
}

/** A new text; whatever was undone is gone. A `mergeKey` that is not null joins it to the change before of that key. */
export function change(history: EditHistory, text: string, mergeKey: string | null = null): EditHistory {
  if (text === history.text) return history;
  const joins = mergeKey !== null && mergeKey === history.mergeKey && history.past.length > 0;
  const past = joins ? history.past : [...history.past, history.text].slice(-limit);
  return { past, text, future: [], mergeKey };
}

/** The next change stands for itself, also in the same field. */
export function endMerge(history: EditHistory): EditHistory {
  return history.mergeKey === null ? history : { ...history, mergeKey: null };
}

export function undoInHistory(history: EditHistory): EditHistory {
  const text = history.past.at(-1);
  if (text === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    text,
    future: [history.text, ...history.future],
    mergeKey: null,
  };
}

export function redoInHistory(history: EditHistory): EditHistory {
  const [text, ...future] = history.future;
  if (text === undefined) return history;
  return { past: [...history.past, history.text], text, future, mergeKey: null };
}
