import { forecastInForce } from '../migration/pre-copy/round.ts';
import type { ProcedureRun } from '../procedure/procedure.ts';
import { unreachable } from '../result.ts';
import { durationWords } from './format.ts';
import { runsThereOnly } from './proof-words.ts';
import type { MigrationPart, RunReport } from './report-schema.ts';

type Outcome = RunReport['outcome'];
type Word = Outcome['words'][number];

/** What became of it, in a sentence or two that a person can repeat to a colleague. */
export function runOutcome(run: ProcedureRun, migration: MigrationPart | null): Outcome {
  return migration === null ? procedureOutcome(run) : migrationOutcome(run, migration);
}

function procedureOutcome(run: ProcedureRun): Outcome {
  const reason = run.error === null ? '' : ` ${run.error.message}`;
  switch (run.status) {
    case 'done':
      return {
        tone: 'good',
        words: [
          plain(
            run.steps.length === 1
              ? 'The step was carried out and read back.'
              : `All ${run.steps.length} steps were carried out and read back.`,
          ),
        ],
      };
    case 'rolled-back':
      return { tone: 'warning', words: [plain(`Everything was undone; nothing changed.${reason}`)] };
    case 'failed':
      return {
        tone: 'bad',
        words: [plain(`It failed and could not be undone completely.${reason}${rest(run)}`)],
      };
    case 'running':
    case 'aborting':
    case 'interrupted':
      return { tone: 'warning', words: [plain(unfinished(run))] };
    default:
      return unreachable(run.status);
  }
}

function migrationOutcome(run: ProcedureRun, migration: MigrationPart): Outcome {
  const { sourceHost, destinationHost, proof } = migration;
  const held = proof.filter((line) => line.equal).length;
  const reason = run.error === null ? '' : ` ${run.error.message}`;
  switch (run.status) {
    case 'done': {
      const proven = held === proof.length && proof.length > 0;
      const now = stateAtTheEnd(proof);
      if (now !== 'running')
        return {
          tone: 'bad',
          words: [
            plain('The guest was moved to '),
            strong(destinationHost),
            plain(`, and is ${now} there now. `),
            ...downtimeWords(migration),
            plain(`${sourceWords(run, sourceHost)}. Proofs that hold: ${held} of ${proof.length}.`),
          ],
        };
      return {
        tone: proven && withinBudget(migration) ? 'good' : 'warning',
        words: [
          plain('The guest is running on '),
          strong(destinationHost),
          plain('. '),
          ...downtimeWords(migration),
          plain(`${sourceWords(run, sourceHost)}. Proofs that hold: ${held} of ${proof.length}.`),
        ],
      };
    }
    case 'rolled-back':
      return {
        tone: 'warning',
        words: [
          plain('The guest stays on '),
          strong(sourceHost),
          plain('. '),
          ...stoodStillWords(migration),
          plain(`The migration was undone and nothing is left on ${destinationHost}.${reason}`),
        ],
      };
    case 'failed': {
      if (sourceKept(run))
        return {
          tone: 'bad',
          words: [
            plain('The guest is running on '),
            strong(destinationHost),
            plain(
              `, but what it has there could not be proven to be what was saved. Its source on ${sourceHost} was left as it is.${reason}`,
            ),
          ],
        };
      const resumed =
        migration.downtimeMilliseconds !== null || migration.standstillAtMostMilliseconds !== undefined;
      return {
        tone: 'bad',
        words: resumed
          ? [
              plain('The guest is running on '),
              strong(destinationHost),
              plain(`, but the clean-up on ${sourceHost} failed.${reason}${rest(run)}`),
            ]
          : [plain(`The migration failed and could not be undone completely.${reason}${rest(run)}`)],
      };
    }
    case 'running':
    case 'aborting':
    case 'interrupted':
      return { tone: 'warning', words: [plain(unfinished(run))] };
    default:
      return unreachable(run.status);
  }
}

/** What the destination said of the guest when everything was done; `running` where a record does not have it. */
function stateAtTheEnd(proof: MigrationPart['proof']): string {
  const last = proof.find(({ what }) => what.endsWith(runsThereOnly));
  return last === undefined || last.equal ? 'running' : last.destination;
}

/** The comparison with the running guest failed, so that nothing of the source was given up. */
function sourceKept({ plan, steps }: ProcedureRun): boolean {
  return plan.steps.some(
    ({ step }, index) =>
      step.kind === 'migration-proof' && step.stage === 'running' && steps[index]?.status === 'failed',
  );
}

function withinBudget({ downtimeMilliseconds, downtimeBudgetMilliseconds }: MigrationPart): boolean {
  return downtimeMilliseconds !== null && downtimeMilliseconds <= downtimeBudgetMilliseconds;
}

function downtimeWords(migration: MigrationPart): Word[] {
  const { downtimeMilliseconds, downtimeBudgetMilliseconds } = migration;
  if (downtimeMilliseconds === null) {
    const atMost = atMostWords(migration);
    return atMost.length === 0 ? [plain('Its downtime was not measured. ')] : atMost;
  }
  const over = withinBudget(migration) ? '' : ', exceeded';
  return [
    plain('It was stopped for '),
    strong(durationWords(downtimeMilliseconds)),
    plain(
      ` (budget ${durationWords(downtimeBudgetMilliseconds)}${over}, forecast ${durationWords(forecastInForce(migration))}). `,
    ),
  ];
}

/** The program was killed while the guest stood still: no longer than from when it was asked to stop until it was seen to run. */
function atMostWords({ standstillAtMostMilliseconds: atMost }: MigrationPart): Word[] {
  if (atMost === undefined) return [];
  return [
    plain('It stood still for at most '),
    strong(durationWords(atMost)),
    plain(', while Berth did not run for a part of that. '),
  ];
}

function stoodStillWords(migration: MigrationPart): Word[] {
  const { stoodStillMilliseconds } = migration;
  if (stoodStillMilliseconds === undefined) return atMostWords(migration);
  return [plain('It stood still for '), strong(durationWords(stoodStillMilliseconds)), plain('. ')];
}

/** Whether something of the guest stays behind, as far as the plan meant it to. */
function sourceWords(run: ProcedureRun, sourceHost: string): string {
  if (run.leftovers.length > 0) return `Left on ${sourceHost}: ${leftoverWords(run)}`;
  const released =
    run.plan.intent.kind === 'migrate' && run.plan.intent.request.options.releaseSource === true;
  return released
    ? `Nothing is left on ${sourceHost}`
    : `On ${sourceHost} the controllers stay online with their resources, as requested`;
}

function unfinished(run: ProcedureRun): string {
  const done = run.steps.filter((step) => step.status === 'done').length;
  const words = {
    running: 'It is running',
    aborting: 'It is being undone',
    interrupted: 'It was interrupted',
  };
  const status = run.status === 'aborting' || run.status === 'interrupted' ? run.status : 'running';
  return `${words[status]}. Steps done: ${done} of ${run.steps.length}.`;
}

function rest(run: ProcedureRun): string {
  return run.leftovers.length === 0 ? '' : ` Left over: ${leftoverWords(run)}.`;
}

function leftoverWords(run: ProcedureRun): string {
  return run.leftovers.map((leftover) => leftover.what).join('; ');
}

function plain(text: string): Word {
  return { text, strong: false };
}

function strong(text: string): Word {
  return { text, strong: true };
}
