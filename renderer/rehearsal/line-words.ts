/** `line 6`, `lines 4, 9 to 12`; empty for none. Ascending numbers. */
export function linesWords(lines: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run !== undefined && line === run.last + 1) run.last = line;
    else runs.push({ first: line, last: line });
  }
  if (lines.length === 0) return '';
  const words = runs.map(({ first, last }) =>
    first === last ? `${first}` : last === first + 1 ? `${first}, ${last}` : `${first} to ${last}`,
  );
  return `${lines.length === 1 ? 'line' : 'lines'} ${words.join(', ')}`;
}
