/** A whole number out of a text field, 0 to `largest`; null for anything else, signs and fractions included. */
export function wholeNumber(text: string, largest: number): number | null {
  const trimmed = text.trim();
  if (!/^\d+$/.test(trimmed)) return null;
  const number = Number(trimmed);
  return number <= largest ? number : null;
}
