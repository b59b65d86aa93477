import type { StatementTree } from './shell-library.ts';

/** Statements that stand on the same lines of a script: what is run and reported together. */
export interface ScriptUnit {
  /** 1-based line of its first statement. */
  readonly line: number;
  /** Its lines as they are written. */
  readonly text: string;
  readonly statements: readonly StatementTree[];
}

/** Cuts a script into its units. `statements` were parsed from exactly this text. */
export function scriptUnits(text: string, statements: readonly StatementTree[]): readonly ScriptUnit[] {
  const lines = text.split('\n');
  const found: { first: number; last: number; statements: StatementTree[] }[] = [];
  let at = 0;
  let line = 1;
  for (const statement of statements) {
    const source = statement.sourceText ?? '';
    const start = source === '' ? at : startOf(text, source, at);
    line += countLines(text, at, start);
    const end = start + source.length;
    const last = line + countLines(text, start, end);
    const before = found.at(-1);
    if (before !== undefined && before.last === line) {
      before.last = last;
      before.statements.push(statement);
    } else found.push({ first: line, last, statements: [statement] });
    line = last;
    at = end;
  }
  return found.map(({ first, last, statements: own }, index) => {
    // What follows up to the next unit is the text of a here-document, or blank and comments.
    const next = (found[index + 1]?.first ?? lines.length + 1) - 1;
    const whole = lines.slice(first - 1, hasHereDocument(own) ? next : last).join('\n');
    return { line: first, text: whole.trimEnd(), statements: own };
  });
}

/** Where a statement begins: not inside a comment that happens to hold the same words. */
function startOf(text: string, source: string, from: number): number {
  for (let at = text.indexOf(source, from); at !== -1; at = text.indexOf(source, at + 1)) {
    const before = text.slice(Math.max(text.lastIndexOf('\n', at - 1) + 1, from), at).trim();
    if (before === '' || /[;&]$/.test(before)) return at;
  }
  return from;
}

function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function hasHereDocument(statements: readonly StatementTree[]): boolean {
  return JSON.stringify(statements).includes('"type":"HereDoc"');
}
