import { shorten } from '../bounds/shorten.ts';
import { suffixedHexadecimal } from '../hexadecimal.ts';
import { namedStatus } from '../nvme/status-names.ts';
import { visibleText } from '../visible-text.ts';
import type { Explanation, KnownStatus, KnownText } from './explanation.ts';
import { hypervisorWords } from './known/hypervisor-words.ts';
import { kernelWords } from './known/kernel-words.ts';
import { migrationWords } from './known/migration-words.ts';
import { namespaceStatuses } from './known/namespace-statuses.ts';
import { nvmeCliWords } from './known/nvme-cli-words.ts';
import { otherStatuses } from './known/other-statuses.ts';
import { sysfsWords } from './known/sysfs-words.ts';
import { virtualizationStatuses } from './known/virtualization-statuses.ts';
import { type PrintedStatus, readBareStatus, readStatus } from './read-status.ts';

/** Every explanation of words. The first that fits a line counts, so the narrower stand before the wider. */
export const knownTexts: readonly KnownText[] = [
  ...migrationWords,
  ...hypervisorWords,
  ...kernelWords,
  ...sysfsWords,
  ...nvmeCliWords,
];

/** Every explanation of a status. */
export const knownStatuses: readonly KnownStatus[] = [
  ...virtualizationStatuses,
  ...namespaceStatuses,
  ...otherStatuses,
];

/** Characters of a text that is explained. */
export const largestExplainedText = 4 * 1024 * 1024;
/** Characters of the shortest error; a text may have a million shorter lines. */
const shortestError = 4;
/** Characters of a line that are looked at, and that are shown. */
const longestLine = 2000;
const longestQuotation = 240;
/** Lines before an error in which its command is looked for. */
const linesBefore = 5;
const mostFindings = 50;

/** An error that was found, with what is known about it. */
export interface ExplainedError {
  /** Line of the text, from 1. */
  readonly line: number;
  /** How many lines say the same. */
  readonly count: number;
  /** The line, without colours, shortened, with what a terminal obeys spelt out. */
  readonly quotation: string;
  /** The NVMe status, where the error is one. */
  readonly status: (PrintedStatus & { readonly name: string }) | null;
  readonly explanation: Explanation;
}

/** What a text holds. */
export interface Explained {
  readonly lines: number;
  readonly findings: readonly ExplainedError[];
  /** Findings beyond those that are listed. */
  readonly left: number;
}

/** Colours of a terminal, tags of forums, and carriage returns say nothing. */
const decoration =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  /\u001b\[[0-9;?]{0,20}[A-Za-z]|\[\/?(?:code|quote|color|b|i|icode)(?:=[^\]\n]{0,40})?\]|\r/gi;

/**
 * Finds the errors in a text of nvme-cli, a shell, the kernel log, QEMU, libvirt or cloud-hypervisor, whatever stands
 * before them in their lines. Equal ones are reported once. Looks at the first `largestExplainedText` characters.
 */
export function explainText(given: string): Explained {
  const text = given.slice(0, largestExplainedText).replace(decoration, '');
  const lines = text.split('\n');
  // Looking for each in the whole text first spares looking for all of them in every line.
  const words = knownTexts.filter((known) => known.text.test(text));
  const found = new Map<string, ExplainedError>();
  // A number means a status only where it is all that was given.
  const isOneLine = !text.trim().includes('\n');
  const recent: string[] = [];
  for (const [index, whole] of lines.entries()) {
    const line = whole.slice(0, longestLine);
    const { length } = line.trim();
    if (length === 0) continue;
    const mayBeOne = isOneLine || length >= shortestError;
    const explained = mayBeOne ? explainLine(line, recent, words, isOneLine) : null;
    recent.push(line);
    if (recent.length > linesBefore) recent.shift();
    if (explained === null) continue;
    const { status, explanation } = explained;
    const key = `${explanation.id} ${status?.sct} ${status?.sc}`;
    const before = found.get(key);
    found.set(
      key,
      before
        ? { ...before, count: before.count + 1 }
        : {
            line: index + 1,
            count: 1,
            quotation: visibleText(shorten(line.trim(), longestQuotation)),
            status,
            explanation: partsOf(explanation),
          },
    );
  }
  const findings = [...found.values()];
  return {
    lines: lines.length,
    findings: findings.slice(0, mostFindings),
    left: Math.max(0, findings.length - mostFindings),
  };
}

/** Without what it was found by. */
function partsOf({ id, meaning, decidedBy, lookAt, remedy, sources }: Explanation): Explanation {
  return { id, meaning, decidedBy, lookAt, remedy, sources };
}

function explainLine(
  line: string,
  recent: readonly string[],
  knownWords: readonly KnownText[],
  isOneLine: boolean,
): Pick<ExplainedError, 'status' | 'explanation'> | null {
  const words = knownWords.find(
    ({ text, near }) =>
      text.test(line) &&
      (near === undefined || near.test(line) || recent.some((earlier) => near.test(earlier))),
  );
  if (words !== undefined) return { status: null, explanation: words };
  const printed = readStatus(line) ?? (isOneLine ? readBareStatus(line) : null);
  if (printed === null) return null;
  const name = namedStatus(printed)?.name ?? unnamed(printed);
  return { status: { ...printed, name }, explanation: ofStatus(printed, name, [...recent, line]) };
}

/** The explanation for the command that was given last, or the one for any command. */
function ofStatus({ sct, sc }: PrintedStatus, name: string, lines: readonly string[]): Explanation {
  const candidates = knownStatuses.filter(({ status }) => status[0] === sct && status[1] === sc);
  const narrow = candidates.filter(({ commands }) => commands !== undefined);
  for (const line of [...lines].reverse()) {
    const fitting = narrow.find(({ commands }) => commands?.test(line));
    if (fitting !== undefined) return fitting;
  }
  const wide = candidates.find(({ commands }) => commands === undefined) ?? candidates[0];
  return wide ?? unexplained(sct, name);
}

function unnamed({ sct, sc }: PrintedStatus): string {
  const code = suffixedHexadecimal(sc);
  return sct === 7 ? `Vendor specific status ${code}` : `Reserved status, type ${sct}h, code ${code}`;
}

/** What the type of a status alone tells. */
function unexplained(sct: number, name: string): Explanation {
  const kinds: Readonly<Record<number, string>> = {
    0: 'The controller refused or ended the command with a generic status.',
    1: 'The controller refused the command with a status that only some commands have.',
    2: 'The drive could not read or write its media correctly, or the data did not match its protection information.',
    3: 'The command did not reach the namespace over this path.',
    7: 'The meaning of this status is known to the vendor of the drive only.',
  };
  return {
    id: `status-type-${sct}`,
    meaning: `${name}. ${kinds[sct] ?? 'NVMe Base 2.1 reserves this type of status.'}`,
    decidedBy: ['The drive and its firmware.'],
    lookAt: ['nvme error-log /dev/nvme0 (the entry of this command)', 'nvme smart-log /dev/nvme0', 'dmesg'],
    remedy: [
      'If Do Not Retry is not set, the same command may succeed later',
      'Compare the command with what the drive supports: nvme id-ctrl /dev/nvme0 -H',
    ],
    sources: ['NVMe Base 2.1, 4.2.3'],
  };
}
