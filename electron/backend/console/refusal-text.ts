import type { BerthError } from '#shared/result.ts';
import { type Refusal, withoutStop } from '../hosts/refusal.ts';

/** Of an error of the program: its message is the cause. */
export function refusalOfError({ message, fix }: BerthError): Refusal {
  return { cause: withoutStop(message), fix: withoutStop(fix ?? 'Look at the message above'), lines: [] };
}

/** What stands below the words of a tool, set off by blanks; a cause that those words say already is not repeated. */
export function refusalText(refusals: readonly Refusal[], words: string): string {
  const seen = new Set<string>();
  return refusals
    .map((refusal) => oneText(refusal, words))
    .filter((text) => !seen.has(text) && seen.add(text))
    .join('');
}

function oneText({ cause, fix, lines }: Refusal, words: string): string {
  const why = words.includes(cause) ? '' : `  Cause: ${cause}\n`;
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) return `${why}  Fix: ${fix}: ${only}\n`;
  return `${why}  Fix: ${fix}${lines.length === 0 ? '' : ':'}\n${lines.map((line) => `    ${line}\n`).join('')}`;
}
