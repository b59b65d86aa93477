import type { PlanChanges } from '#shared/procedure/plan-changes.ts';
import type { StepRun } from '#shared/procedure/procedure.ts';
import type { PlannedStep } from '#shared/procedure/step.ts';
import { Tag } from '../ui/content/small.tsx';
import { formatDuration } from '../ui/format.ts';
import { StepChangeMark } from './plan-changes.tsx';
import styles from './review-sheet.module.css';
import { stepStatuses } from './step-status.ts';

/** The steps of a plan in words with their command lines; with `runs` also what became of each. */
export function StepList({
  steps,
  runs,
  changes = null,
}: {
  readonly steps: readonly PlannedStep[];
  readonly runs: readonly StepRun[] | null;
  /** What differs from the plan that was reviewed; its steps are marked. */
  readonly changes?: PlanChanges | null;
}) {
  return (
    <ol className={styles.steps} aria-label="Steps">
      {steps.map((planned, index) => {
        const run = runs?.[index];
        const { icon: Icon, word, tone } = stepStatuses[run?.status ?? 'waiting'];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a plan never reorders its steps
          <li key={index} className={styles.step}>
            <span className={styles.number}>{index + 1}</span>
            <span>
              {planned.words}
              <StepChangeMark changes={changes} index={index} words={planned.words} />
              {runs === null && planned.inverse === null ? <Tag tone="error">cannot be undone</Tag> : null}
            </span>
            <span className={styles.state}>
              {run === undefined ? (
                planned.phase
              ) : (
                <span className={tone}>
                  <Icon size={12} aria-hidden /> {word}
                  {run.durationMicroseconds === null ? '' : ` · ${formatDuration(run.durationMicroseconds)}`}
                </span>
              )}
            </span>
            {planned.commandLines.length === 0 ? null : (
              <code className={styles.command}>{planned.commandLines.join('\n')}</code>
            )}
            {run === undefined || run.readBack === '' ? null : (
              <span className={styles.readBack}>Read back: {run.readBack}</span>
            )}
            {run?.error == null ? null : (
              <span className={`${styles.readBack} bad`}>{run.error.message}</span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
