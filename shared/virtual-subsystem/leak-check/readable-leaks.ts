import { suffixedHexadecimal } from '../../hexadecimal.ts';
import { announcementWords } from '../../nvme/announcements/announcements.ts';
import { unreachable } from '../../result.ts';
import type { LeakFinding } from './leak-finding.ts';
import { isAnnounced, type Readable } from './readable-rules.ts';

/** An answer to one question: bytes (for Get Features the 4 bytes of DW0), or null when it was refused. */
export type Answer = Uint8Array | null;

export interface ReadableSubject {
  /** Identify Controller as the guest reads it. */
  readonly identify: Uint8Array;
  readonly here: Answer;
  /** The same question to a free controller of each other host; undefined where nobody could be asked. */
  readonly predicted: readonly { readonly title: string; readonly answer: Answer | undefined }[];
  /** Controller identifiers of the virtual subsystem. */
  readonly virtualIds: ReadonlySet<number>;
  /** Virtual firmware revision, padded to 8 characters; null when the virtual subsystem has none. */
  readonly firmware: string | null;
}

/** `LPA bit 5`: what announces the answer. */
function nameOf({ needs }: Readable): string {
  return needs === undefined ? 'the announcement' : announcementWords(needs);
}

/** What the number of a question is called, by the command that asks it. */
const mnemonics = { Identify: 'CNS', 'Get Log Page': 'LID', 'Get Features': 'FID' } as const;

/** Classifies one answer by its rule. `prefix` tells two of a kind apart: `NS 1 `. */
export function readableFinding(
  readable: Readable,
  source: keyof typeof mnemonics,
  { identify, here, predicted, virtualIds, firmware }: ReadableSubject,
  prefix = '',
): LeakFinding {
  const { number, title, rule } = readable;
  const name = `${prefix}${mnemonics[source]} ${suffixedHexadecimal(number)}`;
  const finding = { id: `${source}:${prefix}${number}`, source, name, title, place: '', fix: null } as const;
  const found = (kind: LeakFinding['class'], words: string, fix: LeakFinding['fix'] = null): LeakFinding => ({
    ...finding,
    class: kind,
    words,
    fix,
  });
  if (!isAnnounced(readable, identify))
    return here === null
      ? found('narrowed', `refused: the guest reads ${nameOf(readable)} as 0`)
      : found('physical', `answered, although the guest reads ${nameOf(readable)} as 0`);
  if (here === null && rule !== 'equal') return found('equal', 'refused');
  switch (rule) {
    case 'refused':
      return found('physical', 'answered, although it describes the hardware or other tenants');
    case 'volatile':
      return found('volatile', 'counters and temperatures differ by host');
    case 'resources':
      return found('equal', 'follows the resources, which a migration makes equal');
    case 'virtual-ids': {
      const foreign = identifiersOf(here).filter((id) => !virtualIds.has(id));
      return foreign.length === 0
        ? found('virtual', 'only controllers of the virtual subsystem')
        : found('physical', `names controllers outside the virtual subsystem: ${foreign.join(', ')}`);
    }
    case 'virtual-firmware': {
      const shown = String.fromCharCode(...(here?.subarray(8, 16) ?? []));
      return shown === firmware
        ? found('virtual', `shows ${shown.trim()}`)
        : found('physical', `shows the drive's own ${shown.trim()}`, firmware === null ? 'identity' : null);
    }
    case 'attachments':
      return found('equal', 'follows the attached namespaces, which a migration makes equal');
    case 'equal':
      return equality(here, predicted, (kind, words) =>
        found(kind, words, kind === 'physical' && source !== 'Identify' ? 'narrow' : null),
      );
    default:
      return unreachable(rule);
  }
}

function equality(
  here: Answer,
  predicted: ReadableSubject['predicted'],
  found: (kind: LeakFinding['class'], words: string) => LeakFinding,
): LeakFinding {
  const other = predicted.find(({ answer }) => answer !== undefined && !same(here, answer));
  if (other !== undefined) return found('physical', `another answer under ${other.title}`);
  const silent = predicted.filter(({ answer }) => answer === undefined).map(({ title }) => title);
  return silent.length > 0
    ? found('unchecked', `unknown until a secondary controller is online under ${silent.join(', ')}`)
    : found('equal', here === null ? 'refused everywhere' : 'the same bytes everywhere');
}

function same(left: Answer, right: Answer): boolean {
  if (left === null || right === null) return left === right;
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** A controller list: count in bytes 0-1, identifiers behind it (NVMe Base 2.1, 5.1.13, CNS 12h and 13h). */
function identifiersOf(bytes: Answer): number[] {
  if (bytes === null) return [];
  const word = (offset: number) => (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);
  const count = Math.min(word(0), 2047);
  return Array.from({ length: count }, (_, index) => word(2 + index * 2));
}
