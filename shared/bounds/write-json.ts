import { Pacer, type Pieces } from './pieces.ts';

/** Levels that are walked; what is deeper is one controller at most and is written at once. */
const walkedLevels = 6;
/** Characters that are written between two pauses: some milliseconds of work. */
const charactersAtOnce = 256 * 1024;
/** What an empty value counts, because each takes its time. */
const least = 64;

/**
 * What `JSON.stringify(value, null, spaces)` writes, in pieces, for values of JSON alone: objects, lists, texts, numbers,
 * booleans and null. Fields that are undefined are left out.
 */
export function* writeJson(value: object, spaces = 0): Pieces<string> {
  const written: string[] = [];
  yield* write(value, { written, spaces, pacer: new Pacer(charactersAtOnce) }, 0);
  return written.join('');
}

interface Writing {
  readonly written: string[];
  readonly spaces: number;
  readonly pacer: Pacer;
}

function* write(value: unknown, writing: Writing, level: number): Pieces<void> {
  const { written, spaces, pacer } = writing;
  const isContainer = typeof value === 'object' && value !== null;
  const isList = Array.isArray(value);
  const entries =
    isContainer && level < walkedLevels
      ? Object.entries(value).filter(([, member]) => isList || member !== undefined)
      : [];
  if (!isContainer || entries.length === 0) {
    const text = JSON.stringify(value, null, spaces);
    written.push(spaces === 0 ? text : text.replaceAll('\n', `\n${' '.repeat(spaces * level)}`));
    yield* pacer.did(least + text.length);
    return;
  }
  const line = (depth: number) => (spaces === 0 ? '' : `\n${' '.repeat(spaces * depth)}`);
  written.push(isList ? '[' : '{');
  for (const [index, [name, member]] of entries.entries()) {
    written.push(index === 0 ? '' : ',', line(level + 1));
    if (!isList) written.push(JSON.stringify(name), spaces === 0 ? ':' : ': ');
    yield* write(member, writing, level + 1);
  }
  written.push(line(level), isList ? ']' : '}');
}
