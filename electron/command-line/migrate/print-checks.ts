import { countWords } from '#shared/count-words.ts';
import type { Check, Compatibility } from '#shared/migration/checks/check.ts';
import type { Forecast } from '#shared/migration/forecast.ts';
import { bytesWords, durationWords } from '#shared/report/format.ts';

export interface NamedMachine {
  readonly name: string;
  readonly host: string;
}

/** Which hosts could take it, and what keeps the others from it. */
export function destinationsText(
  { name, host }: NamedMachine,
  destinations: readonly {
    readonly host: string;
    readonly eligible: boolean;
    readonly reasons: readonly string[];
  }[],
): string {
  const lines = [`${name} on ${host}`];
  for (const destination of destinations) {
    lines.push(`  ${destination.host}: ${destination.eligible ? 'could take it' : 'cannot take it'}`);
    for (const reason of destination.reasons) lines.push(`    - ${reason}`);
  }
  if (destinations.length === 0) lines.push('  There is no other host.');
  return `${lines.join('\n')}\n`;
}

/** What failed first, then what warns, then how many passed; what is expected at the end. */
export function checksText({
  virtualMachine: { name, host },
  to,
  compatibility,
  forecast,
  budget,
}: {
  readonly virtualMachine: NamedMachine;
  readonly to: string;
  readonly compatibility: Compatibility;
  readonly forecast: Forecast;
  readonly budget: number;
}): string {
  const { checks, errors, warnings, passed } = compatibility;
  const of = (verdict: Check['verdict']) => checks.filter((check) => check.verdict === verdict);
  const lines = [
    `${name}: ${host} to ${to}: ${errors === 0 ? 'it can move' : `it cannot move, ${countWords(errors, 'check')} failed`}`,
    ...of('error').flatMap((check) => checkLines('failed', check)),
    ...of('warning').flatMap((check) => checkLines('warning', check)),
    `  ${countWords(passed, 'check')} passed, ${countWords(warnings, 'warning')}`,
    ...forecastLines(forecast, budget),
  ];
  return `${lines.join('\n')}\n`;
}

function checkLines(word: string, { title, evidence, fix }: Check): string[] {
  return [`  ${word}: ${title}: ${evidence}`, ...(fix === '' ? [] : [`    ${fix}`])];
}

/** The downtime that is expected, by term, and the rounds before it. */
export function forecastLines(forecast: Forecast, budget: number): string[] {
  const { downtimeMilliseconds, totalMilliseconds, phases, rounds, converges } = forecast;
  if (downtimeMilliseconds === null || totalMilliseconds === null)
    return ['  No forecast: the speed of the migration link is not known'];
  const terms = phases.map(({ phase, milliseconds }) => `${phase} ${durationWords(milliseconds)}`).join(', ');
  const sent = rounds.reduce((sum, { bytes }) => sum + bytes, 0);
  const copied =
    rounds.length === 0
      ? 'the guest is stopped first'
      : `${countWords(rounds.length, 'round')} while the guest goes on (${bytesWords(sent)})`;
  return [
    `  Forecast: downtime ${durationWords(downtimeMilliseconds)} of ${durationWords(budget)} (${terms})`,
    `  ${copied}, ${durationWords(totalMilliseconds)} in all${converges ? '' : '; it is not expected to converge'}`,
  ];
}
