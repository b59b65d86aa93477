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
  return (yield* writeJsonWithin(value, Number.POSITIVE_INFINITY, spaces)) ?? '';
}

/** What `writeJson` writes; null, and no more work than that, when it has more than `most` characters. */
export function* writeJsonWithin(value: object, most: number, spaces: number): Pieces<string | null> {
  const texts: string[] = [];
  let characters = 0;
  for (const text of textsOf(value, spaces)) {
    if (texts.length > 0) yield;
    texts.push(text);
    characters += text.length;
    if (characters > most) return null;
  }
  return texts.join('');
}

/** Texts of some size, so that few of them are joined in the end. */
function* textsOf(value: object, spaces: number): Generator<string> {
  const writing: Writing = { spaces, piece: [], pacer: new Pacer(charactersAtOnce) };
  yield* write(value, writing, 0);
  yield writing.piece.join('');
}

interface Writing {
  readonly spaces: number;
  piece: string[];
  readonly pacer: Pacer;
}

function* write(value: unknown, writing: Writing, level: number): Generator<string> {
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

function* written(characters: number, writing: Writing): Generator<string> {
  for (const _ of writing.pacer.did(characters)) {
    const text = writing.piece.join('');
    writing.piece = [];
    yield text;
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
