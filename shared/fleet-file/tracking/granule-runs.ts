import { decodeBase64, encodeBase64 } from '../base64.ts';

/** Neighbouring granules: the first one, and how many. */
export interface GranuleRun {
  readonly from: number;
  readonly count: number;
}

const continues = 0x80;
/** Bytes of a number below 2^53, 7 bits each. */
const longestNumber = 8;

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

/** The runs of a text that the schema has checked to be base64, ascending; undefined when it does not add up. */
export function decodeGranuleRuns(text: string): readonly GranuleRun[] | undefined {
  const numbers = readNumbers(decodeBase64(text));
  if (numbers === undefined || numbers.length % 2 !== 0) return undefined;
  const runs: GranuleRun[] = [];
  let end = 0;
  for (let at = 0; at < numbers.length; at += 2) {
    const from = end + (numbers[at] ?? 0);
    const count = numbers[at + 1] ?? 0;
    end = from + count;
    if (count === 0 || !Number.isSafeInteger(end)) return undefined;
    runs.push({ from, count });
  }
  return runs;
}

function readNumbers(bytes: Uint8Array): readonly number[] | undefined {
  const numbers: number[] = [];
  let value = 0;
  let length = 0;
  for (const byte of bytes) {
    value += (byte % continues) * continues ** length;
    length++;
    if (length > longestNumber) return undefined;
    if (byte >= continues) continue;
    numbers.push(value);
    value = 0;
    length = 0;
  }
  return length === 0 ? numbers : undefined;
}
