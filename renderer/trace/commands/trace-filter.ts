import { suffixedHexadecimal } from '#shared/hexadecimal.ts';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';
import { hasEveryWord, searchWords } from '../../ui/search-words.ts';

/** Which commands the list shows. */
export interface TraceFilter {
  /** Words that must all occur, in any case: opcode (`1Ch` or `0x1c`), controller, host, name, words or status. */
  readonly text: string;
  readonly errorsOnly: boolean;
}

/** Whether the command did not succeed, or was never answered. */
export function isTraceError(entry: CommandTraceEntry): boolean {
  return entry.outcome.kind === 'no-completion' || !entry.outcome.success;
}

/** Status in words, with the number where it is an error: `Invalid Field in Command (0x4002)`. */
export function statusText(entry: CommandTraceEntry): string {
  const { outcome } = entry;
  if (outcome.kind === 'no-completion') return `No completion: ${outcome.message}`;
  const hex = outcome.status.toString(16);
  if (outcome.success || outcome.statusWords.toLowerCase().includes(hex)) return outcome.statusWords;
  return `${outcome.statusWords} (0x${hex})`;
}

/** The entries that pass the filter, in their order. */
export function filterTrace(
  entries: readonly CommandTraceEntry[],
  filter: TraceFilter,
): readonly CommandTraceEntry[] {
  const words = searchWords(filter.text);
  if (words.length === 0 && !filter.errorsOnly) return entries;
  return entries.filter((entry) => {
    if (filter.errorsOnly && !isTraceError(entry)) return false;
    if (words.length === 0) return true;
    return hasEveryWord(searchText(entry), words);
  });
}

/** One line for each fact, so that no word is found across two of them. */
function searchText(entry: CommandTraceEntry): string {
  const opcode = `${suffixedHexadecimal(entry.opcode)} 0x${entry.opcode.toString(16).padStart(2, '0')}`;
  return [
    opcode,
    `${entry.hostId}/${entry.controller}`,
    entry.side === 'guest' ? 'guest' : '',
    entry.name,
    entry.words,
    statusText(entry),
  ].join('\n');
}
