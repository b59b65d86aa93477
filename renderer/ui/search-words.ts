/** The words of a filter as typed, in lower case; none when it is empty. */
export function searchWords(text: string): readonly string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Whether every word occurs somewhere in the text, in any case and order; no words match everything. */
export function hasEveryWord(text: string, words: readonly string[]): boolean {
  const all = text.toLowerCase();
  return words.every((word) => all.includes(word));
}
