import { statusOfValue } from '../nvme/command.ts';
import { type NamedStatus, namedStatuses } from '../nvme/status-names.ts';

/** A status as a tool printed it. Bits that the form does not carry are null. */
export interface PrintedStatus {
  readonly sct: number;
  readonly sc: number;
  readonly more: boolean | null;
  readonly doNotRetry: boolean | null;
}

/**
 * Of the 15-bit value that Linux and nvme-cli print. What has bit 15 set is the 16-bit field of the completion with the
 * phase tag in bit 0. Null for what no status can be.
 */
function printedValue(value: number): PrintedStatus | null {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) return null;
  const { sct, sc, more, dnr } = statusOfValue(value > 0x7fff ? value >> 1 : value);
  return { sct, sc, more, doNotRetry: dnr };
}

const oldNames: ReadonlyMap<string, NamedStatus> = new Map(
  namedStatuses.flatMap((status) => status.oldNames.map((name) => [name, status] as const)),
);

const names: ReadonlyMap<string, NamedStatus> = new Map(
  namedStatuses.map((status) => [status.name.toLowerCase(), status] as const),
);

type Reader = (line: string) => PrintedStatus | null;

/** The same value in hexadecimal, with or without 0x. */
const hexadecimal = (digits: string | undefined) =>
  digits === undefined ? null : printedValue(Number.parseInt(digits, 16));

const withoutBits = ({ sct, sc }: Pick<PrintedStatus, 'sct' | 'sc'>): PrintedStatus => ({
  sct,
  sc,
  more: null,
  doNotRetry: null,
});

/** The ways in which programs print a status, the surest first. */
const readers: readonly Reader[] = [
  // Linux: Admin Cmd(0x9), I/O Error (sct 0x0 / sc 0x2) DNR
  (line) => {
    const [, sct, sc] =
      /\bsct\W{1,3}(?:0x)?([0-7])\b\W{1,5}sc\W{1,3}(?:0x)?([0-9a-f]{1,2})\b/i.exec(line) ?? [];
    if (sct === undefined || sc === undefined) return null;
    return {
      sct: Number.parseInt(sct, 16),
      sc: Number.parseInt(sc, 16),
      more: /\bMORE\b/.test(line),
      doNotRetry: /\bDNR\b/.test(line),
    };
  },
  // SPDK: INVALID FIELD (00/02) qid:0 cid:190 cdw0:0 sqhd:0003 p:1 m:0 dnr:1
  (line) => {
    const [, sct, sc] = /\((0[0-7])\/([0-9a-f]{2})\)/i.exec(line) ?? [];
    if (sct === undefined || sc === undefined) return null;
    return {
      sct: Number.parseInt(sct, 16),
      sc: Number.parseInt(sc, 16),
      more: / m:1\b/.test(line),
      doNotRetry: / dnr:1\b/.test(line),
    };
  },
  // nvme-cli: NVMe status: NAME: description(0x4115), of 1.x also NVMe Status:NAME(2115)
  (line) =>
    hexadecimal(/\bnvme\b.{0,20}?\b(?:status|error)\b.{0,400}\((?:0x)?([0-9a-f]{1,4})\)/i.exec(line)?.[1]),
  // A name of nvme-cli 1.x with its value, whatever stands before it: NS_IS_PRIVATE 0x6119
  (line) => {
    for (const [word, digits] of oldNamesIn(line)) {
      const status = hexadecimal(digits);
      const named = oldNames.get(word);
      // A number that is another status belongs to something else.
      if (named && status?.sct === named.sct && status.sc === named.sc) return status;
      if (named && word.includes('_')) return withoutBits(named);
    }
    return null;
  },
  (line) =>
    hexadecimal(/\bstatus(?: ?code| ?field)?\b["']?\s{0,3}[:=(]?\s{0,3}0x([0-9a-f]{1,4})\b/i.exec(line)?.[1]),
  // Linux: nvme nvme1: Identify Controller failed (16641), in decimal
  (line) => {
    const [, digits] = /\bnvme.{0,80}\bfailed(?: with)?:? \(?(\d{1,5})\)?\s*$/i.exec(line) ?? [];
    return digits === undefined || digits === '0' ? null : printedValue(Number(digits));
  },
  // A description with its value and no more: Invalid Field in Command: …(0x4002)
  (line) => {
    const named = nameIn(line);
    if (named === undefined) return null;
    const [, digits] = /\((?:0x)?([0-9a-f]{1,4})h?\)/i.exec(line) ?? [];
    const status = hexadecimal(digits);
    return status?.sct === named.sct && status.sc === named.sc ? status : withoutBits(named);
  },
];

/** Words in capitals that may be names of 1.x, with the hexadecimal number after them. */
function* oldNamesIn(line: string): Generator<readonly [string, string | undefined]> {
  for (const [, word, digits] of line.matchAll(
    /\b([A-Z][A-Z_]{3,59})\b(?:[:\s]{0,3}\(?(?:0x)?([0-9a-f]{1,4})\b)?/g,
  ))
    if (word !== undefined) {
      const [, last] = digits === undefined ? (/\((?:0x)?([0-9a-f]{1,4})\)/.exec(line) ?? []) : [];
      yield [word, digits ?? last];
    }
}

/** The specification's name at the beginning of the line, after a prefix, or as a value of JSON. */
function nameIn(line: string): NamedStatus | undefined {
  if (line.length > 600) return undefined;
  for (const part of line.split(/[:"',(]/)) {
    const named = names.get(part.trim().toLowerCase());
    // One word alone would be found in every other log.
    if (named?.name.includes(' ')) return named;
  }
  return undefined;
}

/** The NVMe status that a line reports; null where it reports none. */
export function readStatus(line: string): PrintedStatus | null {
  for (const read of readers) {
    const status = read(line);
    if (status !== null) return status;
  }
  return null;
}

/** A number that is all there is: `0x411f`, `411f`, `411Fh`; five digits are the same in decimal (16671). */
export function readBareStatus(text: string): PrintedStatus | null {
  const [, digits] = /^\s*\(?(?:0x)?([0-9a-f]{1,4})h?\)?\s*$/i.exec(text) ?? [];
  if (digits !== undefined) return hexadecimal(digits);
  const [, decimal] = /^\s*(\d{5})\s*$/.exec(text) ?? [];
  return decimal === undefined ? null : printedValue(Number(decimal));
}
