import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type Ref, useEffect, useRef } from 'react';
import type { PlanChanges } from '#shared/procedure/plan-changes.ts';
import type { Plan, StepRun } from '#shared/procedure/procedure.ts';
import { Tag } from '../../ui/content/small.tsx';
import { formatDuration } from '../../ui/format.ts';
import { StepChangeMark } from '../plan-changes.tsx';
import styles from './step-list.module.css';
import { stepStatuses } from './step-status.ts';

interface Steps {
  readonly plan: Pick<Plan, 'steps' | 'pointOfNoReturn'>;
  /** What became of the steps; null while the plan is only under review. */
  readonly runs: readonly StepRun[] | null;
  /** What differs from the plan that was reviewed; its steps are marked. */
  readonly changes?: PlanChanges | null;
  /** Stands in no card, and draws its own frame. */
  readonly framed?: boolean;
}

/** A plan with more steps than this scrolls in a frame of its own, which holds the steps in view only. */
const longPlan = 150;

/** The steps of a plan in their phases: words and command lines, what became of each, and what was read back. */
export function StepList(props: Steps) {
  const { plan, framed = false } = props;
  if (plan.steps.length > longPlan) return <LongStepList {...props} />;
  return (
    <ol className={`${styles.steps} ${framed ? styles.framed : ''}`} aria-label="Steps">
      {plan.steps.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a plan never reorders its steps
        <StepItem key={index} {...props} index={index} />
      ))}
    </ol>
  );
}

function LongStepList(props: Steps) {
  const { plan, runs, framed = false } = props;
  const scroll = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: plan.steps.length,
    getScrollElement: () => scroll.current,
    // A line of words and one of command; each is measured when it comes into view.
    estimateSize: () => 44,
    overscan: 8,
    initialRect: { width: 800, height: 400 },
  });
  const running = runs?.findIndex(({ status }) => status === 'running') ?? -1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another step moves the list
  useEffect(() => {
    if (running >= 0) virtual.scrollToIndex(running, { align: 'center' });
  }, [running]);
  return (
    <section
      ref={scroll}
      className={`${styles.long} ${framed ? styles.framed : ''}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="All steps"
    >
      <ol className={styles.placed} aria-label="Steps" style={{ height: virtual.getTotalSize() }}>
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

/** One step, below the name of its phase where it opens one, and below the point of no return where that lies before it. */
function StepItem({
  plan,
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
  const planned = plan.steps[index];
  if (planned === undefined) return null;
  const { phase, words, commandLines, inverse } = planned;
  const run = runs?.[index];
  // Behind the point of no return that line says it for all of them.
  const isFinal = runs === null && inverse === null && index < (plan.pointOfNoReturn ?? plan.steps.length);
  return (
    <li
      ref={itemRef}
      data-index={index}
      style={style}
      aria-posinset={index + 1}
      aria-setsize={plan.steps.length}
    >
      {plan.pointOfNoReturn === index ? (
        <div className={styles.noReturn}>
          Point of no return: the procedure cannot be rolled back from here on.
        </div>
      ) : null}
      {plan.steps[index - 1]?.phase === phase ? null : <div className={styles.phase}>{phase}</div>}
      <div className={`${styles.step} ${run === undefined ? styles.planned : ''}`}>
        <Mark run={run} number={index + 1} />
        <span className={styles.text}>
          <span>
            {words} <StepChangeMark changes={changes} index={index} words={words} />
            {isFinal ? <Tag tone="error">cannot be undone</Tag> : null}
          </span>
          {commandLines.map((line) => (
            <code key={line} className={styles.commandLine}>
              {line}
            </code>
          ))}
        </span>
        {run === undefined ? null : <Result run={run} />}
      </div>
    </li>
  );
}

/** The number of a planned step, or what became of one that ran. */
function Mark({ run, number }: { readonly run: StepRun | undefined; readonly number: number }) {
  if (run === undefined) return <span className={`${styles.number} mute`}>{number}</span>;
  const { icon: Icon, word, tone } = stepStatuses[run.status];
  return (
    <span className={`${styles.state} ${tone}`}>
      <Icon size={13} aria-hidden />
      {/* Until it took time, the word stands in the place of that. */}
      {run.durationMicroseconds === null ? null : <span className="visually-hidden">{word}</span>}
    </span>
  );
}

/** What was read back or went wrong, and how long it took. */
function Result({ run }: { readonly run: StepRun }) {
  const { error, readBack, durationMicroseconds, status } = run;
  return (
    <>
      <span className={styles.result}>
        {error === null ? (
          <span className="mute">{readBack}</span>
        ) : (
          <span className="bad">
            {error.message}
            {error.fix === undefined ? '' : ` ${error.fix}`}
          </span>
        )}
      </span>
      <span className={`${styles.time} mono mute`}>
        {durationMicroseconds === null ? stepStatuses[status].word : formatDuration(durationMicroseconds)}
      </span>
    </>
  );
}
