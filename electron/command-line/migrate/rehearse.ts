import { rehearseMigration } from '#backend/migration-rehearsal/rehearse-migration.ts';
import { planDigest } from '#backend/procedures/plan-digest.ts';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import {
  type RehearsalFault,
  rehearsalFaults,
  rehearsalFaultWords,
  usualRehearsalFaults,
} from '#shared/migration/rehearsal/fault.ts';
import {
  countsOfRehearsal,
  type MigrationRehearsal,
  type RehearsalCell,
  rehearsalSummary,
  rehearsedGuestWords,
} from '#shared/migration/rehearsal/rehearsal-result.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { planMigration } from '#shared/procedure/plan/migrate/migrate.ts';
import type { Plan } from '#shared/procedure/procedure.ts';
import { durationWords } from '#shared/report/format.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { CommandLineIo } from '../command-line-io.ts';

/**
 * `berth migrate … --rehearse`: the plan on simulated twins, with faults at every step. Answers whether every case passed.
 * Errors: `invalid-request`, and those of the planner and the rehearsal.
 */
export async function rehearseOnTwins(
  file: FleetFile,
  { fleet, request }: { readonly fleet: Fleet; readonly request: MigrationRequest },
  {
    faults: named,
    json,
    io,
  }: { readonly faults: readonly string[]; readonly json: boolean; readonly io: CommandLineIo },
): Promise<Result<boolean>> {
  const faults = faultsOf(named);
  if (!faults.ok) return faults;
  const plan = planMigration(fleet, request);
  if (!plan.ok) return plan;
  const print = (value: object) => io.out(`${JSON.stringify(value)}\n`);
  let told = 0;
  const rehearsed = await rehearseMigration(
    { file, request, planDigest: planDigest(plan.value), faults: faults.value, steps: null, at: Date.now() },
    {
      signal: new AbortController().signal,
      onRehearsed: ({ cells, wanted }) => {
        io.progress?.(`${cells.length} of ${countWords(wanted, 'case')} on simulated twins`);
        if (json)
          for (const cell of cells.slice(told)) print({ event: 'case', ...cell, step: cell.step + 1 });
        told = cells.length;
      },
    },
  );
  io.progress?.('');
  if (!rehearsed.ok) return rehearsed;
  const { cells, ...about } = rehearsed.value;
  const counts = countsOfRehearsal(rehearsed.value);
  if (json) print({ event: 'rehearsal', on: 'simulated twins', ...about, ...counts });
  else io.out(rehearsalText(plan.value, rehearsed.value));
  return succeed(counts.failed === 0 && about.undisturbed.passed);
}

function faultsOf(named: readonly string[]): Result<readonly RehearsalFault[]> {
  if (named.length === 0) return succeed(usualRehearsalFaults);
  if (named.includes('all')) return succeed(rehearsalFaults);
  const unknown = named.find((name) => !rehearsalFaults.some((fault) => fault === name));
  return unknown === undefined
    ? succeed(rehearsalFaults.filter((fault) => named.includes(fault)))
    : fail('invalid-request', `--rehearse knows no fault ${unknown}`, {
        object: unknown,
        field: '--fault',
        fix: `Give all, or some of: ${rehearsalFaults.join(', ')}`,
      });
}

const letters = { moved: 'M', 'at-source': 'S', unknown: '?' } as const;
/** Characters of a column with the letter and the standstill. */
const columnWidth = 10;

/** The table of steps and faults, and each case that did not pass or needs a person. */
function rehearsalText(plan: Plan, rehearsal: MigrationRehearsal): string {
  const { cells, steps, faults } = rehearsal;
  const at = new Map(cells.map((cell) => [`${cell.step} ${cell.fault}`, cell]));
  const numbers = faults.map((_, index) => `[${index + 1}]`.padEnd(columnWidth)).join('');
  const rows = steps.map((step) => {
    const row = faults.map((fault) => cellText(at.get(`${step} ${fault}`)).padEnd(columnWidth));
    return `  ${row.join('')}${step + 1}. ${plan.steps[step]?.words ?? ''}`.trimEnd();
  });
  const notable = cells.filter(({ passed, guest }) => !passed || guest === 'unknown');
  return `${[
    `${plan.title}, on simulated twins: ${rehearsalSummary(rehearsal)}`,
    '  M: moved, S: back at the source, ?: neither, X: something did not hold; how long the guest stood still',
    ...faults.map((fault, index) => `  [${index + 1}] ${rehearsalFaultWords[fault]}`),
    `  ${numbers}step`,
    ...rows,
    ...notable.map(
      ({ step, fault, passed, guest, wayOn, problems = [] }) =>
        `  step ${step + 1}, ${rehearsalFaultWords[fault]}: ${[
          passed ? 'passed' : 'failed',
          `guest ${rehearsedGuestWords[guest]}`,
          ...(wayOn === undefined ? [] : [`way on: ${wayOn}`]),
          ...problems,
        ].join('; ')}`,
    ),
  ].join('\n')}\n`;
}

function cellText(cell: RehearsalCell | undefined): string {
  if (cell === undefined) return '·';
  const { passed, guest, downtimeMilliseconds } = cell;
  const downtime = downtimeMilliseconds === null ? '' : ` ${durationWords(downtimeMilliseconds)}`;
  return `${passed ? '' : 'X '}${letters[guest]}${downtime}`;
}
