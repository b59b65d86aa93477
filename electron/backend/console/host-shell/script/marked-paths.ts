/**
 * Paths that the shell itself writes into a script: where output goes, on which line a command stands, and which file a
 * script redirects to. No path of a person begins like this.
 */
const mark = '\ue000';

/** Commands of the shell itself; a trace (`set -x`) leaves them out. */
export const ownCommands = {
  next: `${mark}next`,
  line: `${mark}done`,
  /** Ends with the status of the command before, or with 0 where the kernel refused what that wrote. */
  asked: `${mark}asked`,
  /** Tells what the kernel refused, and ends with 1 for it. */
  written: `${mark}written`,
  /** Ends with the status of the command before. */
  status: `${mark}status`,
} as const;

/** What a marked path means. */
export type MarkedPath =
  /** Standard output or standard error of a command on a line, beyond everything that the script redirects. */
  | { readonly kind: 'stdout' | 'stderr'; readonly line: number }
  /** Opened before a command on this line runs, closed behind it. */
  | { readonly kind: 'line'; readonly line: number }
  /** A file to which a command (`whole`) or several of them (`lines`) write. */
  | { readonly kind: 'whole' | 'lines'; readonly path: string };

const letters = { stdout: 'o', stderr: 'e', line: 'l', whole: 'w', lines: 'W' } as const;

export function markedLine(kind: 'stdout' | 'stderr' | 'line', line: number): string {
  return `${mark}${letters[kind]}${line}`;
}

/** What stands before the words of a redirection's target. */
export function targetMark(kind: 'whole' | 'lines'): string {
  return `${mark}${letters[kind]}`;
}

/** A marked target with its path made whole. */
export function markedTarget({ kind, path }: Extract<MarkedPath, { path: string }>): string {
  return `${targetMark(kind)}${path}`;
}

/** Null for a path that is not marked. A leading slash, as after `resolvePath`, is skipped. */
export function readMark(given: string): MarkedPath | null {
  const text = given.startsWith(`/${mark}`) ? given.slice(1) : given;
  if (!text.startsWith(mark)) return null;
  const letter = text.charAt(1);
  const rest = text.slice(2);
  for (const kind of ['stdout', 'stderr', 'line'] as const)
    if (letters[kind] === letter) return { kind, line: Number(rest) };
  return { kind: letter === letters.lines ? 'lines' : 'whole', path: rest };
}

/** The library's message about a marked target that cannot be opened. */
export const unopenedTargets = /^bash: \ue000[wW](.*): cannot open redirect target\n/gm;

/** Text for people: marks of paths, and lines of a trace about the shell's own commands, are left out. */
export function withoutMarks(text: string): string {
  if (!text.includes(mark)) return text;
  const lines = text
    .split('\n')
    .filter((line) => !Object.values(ownCommands).some((name) => line.includes(name)));
  return lines.join('\n').replace(/\ue000[a-zA-Z]/g, '');
}
