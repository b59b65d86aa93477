import { countWords } from '#shared/count-words.ts';
import type { Check, Compatibility } from '#shared/migration/checks/check.ts';
import { decidingRelease, versionWords } from '#shared/migration/checks/rules/with-rules.ts';
import type { Forecast } from '#shared/migration/forecast.ts';
import type { CheckRemedies } from '#shared/procedure/remedies/remedy.ts';
import { bytesWords, durationWords } from '#shared/report/format.ts';
import type { PathWithLines, RemedyWithLines } from './remedy-lines.ts';

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
    readonly path?: PathWithLines;
  }[],
): string {
  const lines = [`${name} on ${host}`];
  for (const destination of destinations) {
    lines.push(`  ${destination.host}: ${destination.eligible ? 'could take it' : 'cannot take it'}`);
    const [cause, ...others] = destination.reasons;
    if (cause !== undefined)
      lines.push(
        `    - ${cause}${others.length === 0 ? '' : ` (${countWords(others.length, 'more reason')}; all with --json)`}`,
      );
    lines.push(...pathLines(destination.path));
  }
  if (destinations.length === 0) lines.push('  There is no other host.');
  return `${lines.join('\n')}\n`;
}

/** What would make it able, with the lines that do it. */
function pathLines(path: PathWithLines | undefined): string[] {
  if (path === undefined || path.remedies.length === 0) return [];
  return [
    path.able ? '    It could after this:' : '    This would help, and not be enough:',
    ...path.remedies.flatMap((remedy) => remedyText(remedy, '      ')),
  ];
}

function remedyText({ words, commandLines }: RemedyWithLines, indent: string): string[] {
  return [`${indent}${words}`, ...commandLines.map((line) => `${indent}  ${line}`)];
}

/** What failed first, then what warns, then how many passed; what is expected at the end. */
export function checksText({
  virtualMachine: { name, host },
  to,
  compatibility,
  remedies,
  forecast,
  budget,
}: {
  readonly virtualMachine: NamedMachine;
  readonly to: string;
  readonly compatibility: Compatibility;
  readonly remedies: readonly (Pick<CheckRemedies, 'checkId' | 'refused'> & {
    readonly remedies: readonly RemedyWithLines[];
  })[];
  readonly forecast: Forecast;
  readonly budget: number;
}): string {
  const { checks, errors, warnings, passed } = compatibility;
  const of = (verdict: Check['verdict']) => checks.filter((check) => check.verdict === verdict);
  const linesOf = (word: string) => (check: Check) => [
    ...checkLines(word, check),
    ...(remedies.find(({ checkId }) => checkId === check.id)?.remedies ?? []).flatMap((remedy) =>
      remedyText({ ...remedy, words: `To fix it: ${remedy.words}` }, '    '),
    ),
  ];
  const lines = [
    `${name}: ${host} to ${to}: ${errors === 0 ? 'it can move' : `it cannot move, ${countWords(errors, 'check')} failed`}`,
    ...of('error').flatMap(linesOf('failed')),
    ...of('warning').flatMap(linesOf('warning')),
    `  ${countWords(passed, 'check')} passed, ${countWords(warnings, 'warning')}`,
    ...forecastLines(forecast, budget),
  ];
  return `${lines.join('\n')}\n`;
}

function checkLines(word: string, { title, evidence, fix, rule, readings = [] }: Check): string[] {
  const decided =
    rule === undefined
      ? ''
      : [rule.words, rule.source, decidingRelease(rule), versionWords(rule)].filter(Boolean).join(' · ');
  return [
    `  ${word}: ${title}: ${evidence}`,
    ...(decided === '' ? [] : [`    rule: ${decided}`]),
    ...readings.map(
      ({ side, value, from, at }) =>
        `    ${side === 'both' ? 'read' : side}: ${value === '' ? '' : `${value}, `}${from}, ${at ?? 'time not recorded'}`,
    ),
    ...(fix === '' ? [] : [`    ${fix}`]),
  ];
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
