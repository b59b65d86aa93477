import type { Pieces } from '../../bounds/pieces.ts';
import { decodeBase64, encodeBase64 } from '../base64.ts';

/** Neighbouring granules: the first one, and how many. */
export interface GranuleRun {
  readonly from: number;
  readonly count: number;
}

const continues = 0x80;
/** Bytes of a number below 2^53, 7 bits each. */
const longestNumber = 8;
/** Characters that are read between two pauses: whole groups of base64. */
const charactersOfPiece = 4 * 16_384;

/**
 * Marked granules (pages) of a bitmap as text: base64 of pairs of numbers, each in LEB128 (7 bits a byte, lowest first,
 * bit 7 says that more follow). Of a pair the first is the gap to the end of the run before, the second the run's
 * length. A bitmap without marks is the empty text.
 */
export function encodeGranuleRuns(runs: Iterable<GranuleRun>): string {
  const bytes: number[] = [];
  const write = (value: number) => {
    let rest = value;
    for (; rest >= continues; rest = Math.floor(rest / continues)) bytes.push((rest % continues) + continues);
    bytes.push(rest);
  };
  let end = 0;
  for (const { from, count } of runs) {
    write(from - end);
    write(count);
    end = from + count;
  }
  return encodeBase64(Uint8Array.from(bytes));
}

/** Calls `visit` with each run of such a text, ascending; false as soon as it does not add up. */
export function* visitGranuleRuns(
  text: string,
  visit: (from: number, count: number) => void,
): Pieces<boolean> {
  let end = 0;
  /** The first number of a pair; null where that is next. */
  let gap: number | null = null;
  let [value, factor] = [0, 1];
  for (let at = 0; at < text.length; at += charactersOfPiece) {
    if (at > 0) yield;
    for (const byte of decodeBase64(text.slice(at, at + charactersOfPiece))) {
      value += (byte % continues) * factor;
      factor *= continues;
      if (factor > continues ** longestNumber) return false;
      if (byte >= continues) continue;
      if (gap === null) gap = value;
      else {
        const from = end + gap;
        end = from + value;
        if (value === 0 || !Number.isSafeInteger(end)) return false;
        visit(from, value);
        gap = null;
      }
      [value, factor] = [0, 1];
    }
  }
  return gap === null && factor === 1;
}
