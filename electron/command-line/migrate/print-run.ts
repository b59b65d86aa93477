import { countWords } from '#shared/count-words.ts';
import type { Check } from '#shared/migration/checks/check.ts';
import type { Forecast } from '#shared/migration/forecast.ts';
import { forecastInForce } from '#shared/migration/pre-copy/round.ts';
import { copiedFigures } from '#shared/migration/user-data/copied-figures.ts';
import type { Plan, ProcedureRun } from '#shared/procedure/procedure.ts';
import { bytesWords, durationWords } from '#shared/report/format.ts';
import type { CommandLineIo } from '../command-line-io.ts';
import { forecastLines } from './print-checks.ts';

/** What would be done, with the command lines. */
export function planText(
  { title, consequences, steps, pointOfNoReturn }: Plan,
  forecast: Forecast,
  { warnings, budget }: { readonly warnings: readonly Check[]; readonly budget: number },
): string {
  const lines = [title, ...consequences.map((line) => `  ${line}`)];
  let phase = '';
  for (const [index, step] of steps.entries()) {
    if (step.phase !== phase) lines.push(`${step.phase}`);
    phase = step.phase;
    if (index === pointOfNoReturn) lines.push('  -- from here it only goes forward --');
    lines.push(`  ${index + 1}. ${step.words}`, ...step.commandLines.map((line) => `       ${line}`));
  }
  for (const { title: what, evidence } of warnings) lines.push(`  warning: ${what}: ${evidence}`);
  return `${[...lines, ...forecastLines(forecast, budget)].join('\n')}\n`;
}

/**
 * Follows a run: a bar where somebody looks at it, one JSON object for each thing that happened otherwise.
 * @param about stands in each of these objects
 */
export function runFollower(io: CommandLineIo, json: boolean, about: object = {}) {
  const told = new Map<number, string>();
  let rounds = 0;
  const print = (value: object) => io.out(`${JSON.stringify({ ...about, ...value })}\n`);
  const steps = (run: ProcedureRun) => {
    for (const [index, { status, readBack, error }] of run.steps.entries()) {
      if (status === 'waiting' || told.get(index) === status) continue;
      told.set(index, status);
      const planned = run.plan.steps[index];
      print({
        ...{ event: 'step', step: index + 1, of: run.steps.length, status },
        ...{ phase: planned?.phase ?? '', words: planned?.words ?? '', readBack },
        ...(error === null ? {} : { error }),
      });
    }
  };
  return {
    follow(run: ProcedureRun): void {
      io.progress?.(progressLine(run));
      if (!json) return;
      steps(run);
      for (const round of run.migration?.preCopy?.rounds ?? []) {
        if (round.number <= rounds) continue;
        rounds = round.number;
        print({ event: 'round', ...round });
      }
    },
    end(run: ProcedureRun): void {
      io.progress?.('');
      if (json) {
        steps(run);
        print({
          event: 'end',
          status: run.status,
          error: run.error,
          leftovers: run.leftovers,
          migration: run.migration,
        });
      } else io.out(endText(run));
    },
  };
}

const barWidth = 30;

/** `[██████░░░░] 41 %  Pre-copy: Copy the memory of …, round 3, 48 ms are left`. */
function progressLine({ progress, steps, plan, migration }: ProcedureRun): string {
  const full = Math.round(progress * barWidth);
  const current = plan.steps[steps.findIndex(({ status }) => status === 'running')];
  const round = migration?.preCopy?.rounds.at(-1);
  const { sentBytes = 0, ofBytes = 0 } = migration?.userDataSending ?? {};
  const words = [
    current === undefined ? '' : `${current.phase}: ${current.words}`,
    ...(current?.step.kind === 'vm-pre-copy' && round !== undefined
      ? [`round ${round.number + 1}`, `${durationWords(round.downtimeForecastMilliseconds)} are left`]
      : []),
    ...(current?.step.kind === 'user-data-send' && ofBytes > 0
      ? [`${bytesWords(sentBytes)} of ${bytesWords(ofBytes)}`]
      : []),
  ].filter((word) => word !== '');
  return `[${'█'.repeat(full)}${'░'.repeat(barWidth - full)}] ${Math.round(progress * 100)} %  ${words.join(', ')}`;
}

function endText({ status, error, migration, plan, leftovers, steps }: ProcedureRun): string {
  const done = steps.filter((step) => step.status === 'done').length;
  const lines = [
    `${plan.title}: ${statusWords(status)}, ${done} of ${countWords(steps.length, 'step')} done`,
  ];
  const failed = plan.steps[steps.findIndex((step) => step.status === 'failed')];
  if (failed !== undefined) lines.push(`  It failed at: ${failed.words}`);
  if (error !== null)
    lines.push(`  ${error.message}`, ...(error.fix === undefined ? [] : [`  ${error.fix}`]));
  if (migration !== null) {
    const { downtimeMilliseconds, downtimeBudgetMilliseconds, memorySentBytes, memoryBytes, preCopy, proof } =
      migration;
    if (downtimeMilliseconds !== null) {
      const forecast = forecastInForce(migration);
      lines.push(
        `  The guest stood still for ${durationWords(downtimeMilliseconds)} (simulated; budget ${durationWords(downtimeBudgetMilliseconds)}, forecast ${durationWords(forecast)})`,
      );
    }
    if (migration.standstillAtMostMilliseconds !== undefined)
      lines.push(
        `  The guest stood still for at most ${durationWords(migration.standstillAtMostMilliseconds)} (simulated)`,
      );
    if (preCopy !== undefined)
      lines.push(`  ${countWords(preCopy.rounds.length, 'round')}: ${preCopy.reason}`);
    lines.push(`  ${bytesWords(memorySentBytes)} sent for ${bytesWords(memoryBytes)} of memory`);
    const userData = copiedFigures(migration);
    if (userData !== null) {
      const { namespaces, bytes, sentBytes, sentLastBytes, isEqual } = userData;
      lines.push(
        `  ${bytesWords(sentBytes)} sent for ${bytesWords(bytes)} of user data, ${bytesWords(sentLastBytes)} of it while the guest stood still: the digests of ${countWords(namespaces, 'namespace')} ${isEqual ? 'are equal' : 'differ'}`,
      );
    }
    const held = proof.filter(({ equal }) => equal).length;
    if (proof.length > 0) lines.push(`  ${held} of ${countWords(proof.length, 'proof')} hold`);
  }
  for (const { what, commandLines } of leftovers)
    lines.push(`  left: ${what}`, ...commandLines.map((line) => `    ${line}`));
  return `${lines.join('\n')}\n`;
}

function statusWords(status: ProcedureRun['status']): string {
  switch (status) {
    case 'done':
      return 'moved';
    case 'rolled-back':
      return 'not moved, everything was undone';
    case 'failed':
      return 'failed';
    case 'running':
    case 'aborting':
    case 'interrupted':
      return status;
  }
}
