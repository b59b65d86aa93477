import { CircleHelp } from 'lucide-react';
import { countWords } from '#shared/count-words.ts';
import type { RecoveryChange } from '#shared/procedure/proposal.ts';
import { type RecoveryState, recoverySchema } from '#shared/procedure/recovery/recovery.ts';
import { type RequestState, useRequest } from '../../bridge/use-request.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { Card } from '../../ui/content/small.tsx';
import { Banner, ErrorNotice, LoadingState } from '../../ui/content/states.tsx';
import { ChoiceList } from '../../ui/controls/choice-list.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { stepStatuses } from '../steps/step-status.ts';
import styles from './recovery.module.css';
import { recoveryNames, stepsTitles, uncertainWords, wayWords } from './recovery-words.ts';

/** What is known of an interrupted procedure, asked again whenever the fleet changes; `null` asks nothing. */
export function useRecoveryState(runId: string | null): RequestState<RecoveryState> {
  const revision = useFleetMirror((state) => state.revision);
  return useRequest('procedure:recovery', runId === null ? null : { runId }, revision);
}

/** What is known of an interrupted procedure, and the choice of how it goes on. */
export function RecoveryFields({
  known: { value: state, error },
  change,
  onChange,
}: {
  readonly known: RequestState<RecoveryState>;
  readonly change: RecoveryChange;
  readonly onChange: (change: RecoveryChange) => void;
}) {
  if (error !== null) return <ErrorNotice title="It is not known what was done" error={error} />;
  if (state === null) return <LoadingState>Looking at what was done…</LoadingState>;
  return (
    <>
      <SoFar state={state} />
      <ChoiceList
        label="How it goes on"
        across
        value={change.how}
        choices={state.ways.map((way) => ({
          id: way.how,
          title: recoveryNames[way.how],
          details: way.refusals.length > 0 ? '' : wayWords(way),
          refusals: way.refusals,
        }))}
        onChoose={(id) => onChange({ ...change, how: recoverySchema.parse(id) })}
      />
    </>
  );
}

/** What of an interrupted procedure is there when nothing more runs; nothing where nothing is. */
export function WhatStays({ state }: { readonly state: RecoveryState | null }) {
  const steps = state?.begun.filter(({ became }) => became === 'done' || became === 'uncertain') ?? [];
  if (steps.length === 0) return null;
  return (
    <Card className={styles.soFar} label={stepsTitles.dismiss}>
      <BegunSteps label="Steps that stay" steps={steps} />
    </Card>
  );
}

type Begun = RecoveryState['begun'][number];

function isUncertain({ became }: Begun): boolean {
  return became === 'uncertain';
}

function SoFar({ state }: { readonly state: RecoveryState }) {
  const { begun, stepCount, startedAt, findings } = state;
  const uncertain = begun.filter(isUncertain);
  const others = begun.filter((step) => !isUncertain(step));
  const done = others.filter(({ became }) => became === 'done').length;
  return (
    <>
      <Card
        className={styles.soFar}
        label="What was done"
        aside={`${done} of ${countWords(stepCount, 'step')} · started ${formatDateTime(startedAt)}`}
      >
        {others.length === 0 ? (
          <p className={styles.none}>No step is known to be done.</p>
        ) : (
          <details className={styles.folded}>
            <summary>{doneWords(done, others.length)}</summary>
            <BegunSteps label="Steps that began" steps={others} />
          </details>
        )}
      </Card>
      {uncertain.map(({ index, words, seen }) => (
        <Banner
          key={index}
          tone="warning"
          title={`Step ${index + 1} is uncertain: ${words}`}
          lines={[`${uncertainWords} ${seen}`]}
        />
      ))}
      {findings.length === 0 ? null : (
        <Banner tone="warning" title="Not in order as it stands now" lines={[...new Set(findings)]} />
      )}
    </>
  );
}

function doneWords(done: number, all: number): string {
  const others = all - done;
  if (others === 0) return `${countWords(done, 'step')} done and read back`;
  return `${countWords(done, 'step')} done, ${others} undone or failed`;
}

function BegunSteps({ label, steps }: { readonly label: string; readonly steps: readonly Begun[] }) {
  return (
    <ol className={styles.begun} aria-label={label}>
      {steps.map((step) => (
        <BegunStep key={step.index} {...step} />
      ))}
    </ol>
  );
}

function BegunStep({ index, words, became, seen }: Begun) {
  const {
    icon: Icon,
    word,
    tone,
  } = became === 'uncertain' ? { icon: CircleHelp, word: 'uncertain', tone: 'warn' } : stepStatuses[became];
  return (
    <li className={styles.step}>
      <span className={styles.number}>{index + 1}</span>
      <span>{words}</span>
      <span className={tone}>
        <Icon size={12} aria-hidden /> {word}
      </span>
      {seen === '' ? null : <span className={styles.seen}>{seen}</span>}
    </li>
  );
}
