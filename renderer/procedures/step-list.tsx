import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type Ref, useEffect, useRef } from 'react';
import type { PlanChanges } from '#shared/procedure/plan-changes.ts';
import type { StepRun } from '#shared/procedure/procedure.ts';
import type { PlannedStep } from '#shared/procedure/step.ts';
import { formatDuration } from '../ui/format.ts';
import { StepChangeMark } from './plan-changes.tsx';
import styles from './review-sheet.module.css';
import { stepStatuses } from './step-status.ts';

interface Steps {
  readonly steps: readonly PlannedStep[];
  readonly runs: readonly StepRun[] | null;
  /** What differs from the plan that was reviewed; its steps are marked. */
  readonly changes?: PlanChanges | null;
}

/** A plan with more steps than this scrolls in a frame of its own, which holds the steps in view only. */
const longPlan = 150;

/** The steps of a plan in words with their command lines; with `runs` also what became of each. */
export function StepList(props: Steps) {
  if (props.steps.length > longPlan) return <LongStepList {...props} />;
  return (
    <ol className={styles.steps} aria-label="Steps">
      {props.steps.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a plan never reorders its steps
        <StepItem key={index} {...props} index={index} />
      ))}
    </ol>
  );
}

function LongStepList(props: Steps) {
  const { steps, runs } = props;
  const scroll = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: steps.length,
    getScrollElement: () => scroll.current,
    // A line of words and one of command; each is measured when it comes into view.
    estimateSize: () => 54,
    overscan: 8,
    initialRect: { width: 800, height: 400 },
  });
  const running = runs?.findIndex(({ status }) => status === 'running') ?? -1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another step moves the list
  useEffect(() => {
    if (running >= 0) virtual.scrollToIndex(running, { align: 'center' });
  }, [running]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section ref={scroll} className={styles.longSteps} tabIndex={0} aria-label="All steps">
      <ol className={styles.placedSteps} aria-label="Steps" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <StepItem
            key={index}
            {...props}
            index={index}
            itemRef={virtual.measureElement}
            style={{ position: 'absolute', top: start, left: 0, right: 0 }}
          />
        ))}
      </ol>
    </section>
  );
}

function StepItem({
  steps,
  runs,
  changes = null,
  index,
  itemRef,
  style,
}: Steps & {
  readonly index: number;
  readonly itemRef?: Ref<HTMLLIElement>;
  readonly style?: CSSProperties;
}) {
  const planned = steps[index];
  if (planned === undefined) return null;
  const run = runs?.[index];
  const { icon: Icon, word, tone } = stepStatuses[run?.status ?? 'waiting'];
  return (
    <li
      ref={itemRef}
      data-index={index}
      className={styles.step}
      style={style}
      aria-posinset={index + 1}
      aria-setsize={steps.length}
    >
      <span className={styles.number}>{index + 1}</span>
      <span>
        {planned.words}
        <StepChangeMark changes={changes} index={index} words={planned.words} />
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
      {run?.error == null ? null : <span className={`${styles.readBack} bad`}>{run.error.message}</span>}
    </li>
  );
}
