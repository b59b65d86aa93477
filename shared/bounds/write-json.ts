import { Pacer, type Pieces } from './pieces.ts';

/** Values that are written at once: well below a millisecond. */
const valuesAtOnce = 200;
/** Characters that are written between two pauses: some milliseconds of work. */
const charactersAtOnce = 256 * 1024;

/**
 * What `JSON.stringify(value, null, spaces)` writes, in pieces, for values of JSON alone: objects, lists, texts, numbers,
 * booleans and null. Fields that are undefined are left out.
 */
export function* writeJson(value: object, spaces = 0): Pieces<string> {
  const writing: Writing = { spaces, pieces: [], piece: [], pacer: new Pacer(charactersAtOnce) };
  yield* write(value, writing, 0);
  return [...writing.pieces, ...writing.piece].join('');
}

interface Writing {
  readonly spaces: number;
  /** Texts of some size, so that few of them are joined in the end. */
  readonly pieces: string[];
  piece: string[];
  readonly pacer: Pacer;
}

function* write(value: unknown, writing: Writing, level: number): Pieces<void> {
  const { spaces, piece } = writing;
  const line = (depth: number) => (spaces === 0 ? '' : `\n${' '.repeat(spaces * depth)}`);
  if (typeof value !== 'object' || value === null || countValues(value, valuesAtOnce) < valuesAtOnce) {
    const text = JSON.stringify(value, null, spaces);
    piece.push(spaces === 0 || level === 0 ? text : text.replaceAll('\n', line(level)));
    yield* written(text.length, writing);
    return;
  }
  const isList = Array.isArray(value);
  piece.push(isList ? '[' : '{');
  let isFirst = true;
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined && !isList) continue;
    const key = isList ? '' : `${JSON.stringify(name)}:${spaces === 0 ? '' : ' '}`;
    writing.piece.push(isFirst ? '' : ',', line(level + 1), key);
    isFirst = false;
    yield* write(member ?? null, writing, level + 1);
  }
  writing.piece.push(line(level), isList ? ']' : '}');
}

function* written(characters: number, writing: Writing): Pieces<void> {
  for (const _ of writing.pacer.did(characters)) {
    writing.pieces.push(writing.piece.join(''));
    writing.piece = [];
    yield;
  }
}

/** Values in it, itself included, but not more than `most`. */
function countValues(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const name in value) {
    if (count >= most) return count;
    count += countValues((value as Record<string, unknown>)[name], most - count);
  }
  return count;
}
