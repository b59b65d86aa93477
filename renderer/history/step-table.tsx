import type { PlanChanges } from '#shared/procedure/plan-changes.ts';
import type { Plan, StepRun } from '#shared/procedure/procedure.ts';
import type { PlannedStep } from '#shared/procedure/step.ts';
import { StepChangeMark } from '../procedures/plan-changes.tsx';
import { stepStatuses } from '../procedures/step-status.ts';
import { formatDuration } from '../ui/format.ts';
import styles from './history.module.css';

/** The steps of a plan in their phases: words and command lines, what became of each, and what was read back. */
export function StepTable({
  plan,
  runs,
  changes = null,
}: {
  readonly plan: Plan;
  /** What became of the steps; null while the plan is only under review. */
  readonly runs: readonly StepRun[] | null;
  /** What differs from the plan that was reviewed; its steps are marked. */
  readonly changes?: PlanChanges | null;
}) {
  return (
    <ol className={styles.steps} aria-label="Steps">
      {plan.steps.map((planned, index) => (
        <StepLine
          // biome-ignore lint/suspicious/noArrayIndexKey: steps never move
          key={index}
          planned={planned}
          step={runs?.[index]}
          opensPhase={plan.steps[index - 1]?.phase !== planned.phase}
          noReturn={plan.pointOfNoReturn === index}
          number={index + 1}
          changes={changes}
        />
      ))}
    </ol>
  );
}

function StepLine({
  planned,
  step,
  opensPhase,
  noReturn,
  number,
  changes,
}: {
  readonly planned: PlannedStep;
  readonly step: StepRun | undefined;
  /** Whether the step is the first of its phase, which is named above it. */
  readonly opensPhase: boolean;
  /** Whether the point of no return lies before the step. */
  readonly noReturn: boolean;
  /** From 1. */
  readonly number: number;
  readonly changes: PlanChanges | null;
}) {
  const { icon: Icon, word, tone } = stepStatuses[step?.status ?? 'waiting'];
  return (
    <>
      {noReturn ? (
        <li className={styles.noReturn}>
          Point of no return: the procedure cannot be rolled back from here on.
        </li>
      ) : null}
      {opensPhase ? <li className={styles.phase}>{planned.phase}</li> : null}
      <li className={styles.step}>
        {step === undefined ? (
          <span className={`${styles.stepNumber} mute`}>{number}</span>
        ) : (
          <span className={`${styles.stepState} ${tone}`}>
            <Icon size={13} aria-hidden />
            <span className="visually-hidden">{word}</span>
          </span>
        )}
        <span className={styles.stepText}>
          <span>
            {planned.words}
            <StepChangeMark changes={changes} index={number - 1} words={planned.words} />
          </span>
          {planned.commandLines.map((line) => (
            <code key={line} className={styles.commandLine}>
              {line}
            </code>
          ))}
        </span>
        <span className={styles.stepResult}>
          {step?.error === null || step === undefined ? (
            <span className="mute">{step?.readBack ?? ''}</span>
          ) : (
            <span className="bad">
              {step.error.message}
              {step.error.fix === undefined ? '' : ` ${step.error.fix}`}
            </span>
          )}
        </span>
        <span className={`${styles.stepTime} mono mute`}>{timeWords(step, word)}</span>
      </li>
    </>
  );
}

function timeWords(step: StepRun | undefined, word: string): string {
  if (step === undefined) return '';
  return step.durationMicroseconds === null ? word : formatDuration(step.durationMicroseconds);
}
