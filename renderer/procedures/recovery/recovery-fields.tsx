import { countWords } from '#shared/count-words.ts';
import type { RecoveryChange } from '#shared/procedure/proposal.ts';
import { type Recovery, type RecoveryState, recoverySchema } from '#shared/procedure/recovery/recovery.ts';
import { useRequest } from '../../bridge/use-request.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { Card } from '../../ui/content/small.tsx';
import { Banner, ErrorNotice, LoadingState } from '../../ui/content/states.tsx';
import { ChoiceList } from '../../ui/controls/choice-list.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { stepStatuses } from '../step-status.ts';
import styles from './recovery.module.css';
import { recoveryNames, wayWords } from './recovery-words.ts';

/** What is known of an interrupted procedure, and the choice of how it goes on. */
export function RecoveryFields({
  change,
  onChange,
}: {
  readonly change: RecoveryChange;
  readonly onChange: (change: RecoveryChange) => void;
}) {
  const revision = useFleetMirror((state) => state.revision);
  const { runId, how } = change;
  const { value: state, error } = useRequest('procedure:recovery', { runId }, revision);
  if (error !== null) return <ErrorNotice title="It is not known what was done" error={error} />;
  if (state === null) return <LoadingState>Looking at what was done…</LoadingState>;
  return (
    <>
      <SoFar state={state} how={how} />
      <ChoiceList
        label="How it goes on"
        across
        value={how}
        choices={state.ways.map((way) => ({
          id: way.how,
          title: recoveryNames[way.how],
          details: way.refusals.length > 0 ? '' : wayWords(way, state.begun.some(isUncertain)),
          refusals: way.refusals,
        }))}
        onChoose={(id) => onChange({ ...change, how: recoverySchema.parse(id) })}
      />
    </>
  );
}

type Begun = RecoveryState['begun'][number];

function isUncertain({ became }: Begun): boolean {
  return became === 'uncertain';
}

function SoFar({ state, how }: { readonly state: RecoveryState; readonly how: Recovery }) {
  const { begun, stepCount, startedAt, findings } = state;
  const uncertain = begun.filter(isUncertain);
  const others = begun.filter((step) => !isUncertain(step));
  const done = others.filter(({ became }) => became === 'done').length;
  return (
    <>
      <Card
        label="What was done"
        aside={`${done} of ${countWords(stepCount, 'step')} · started ${formatDateTime(startedAt)}`}
      >
        {others.length === 0 ? (
          <p className={styles.none}>No step is known to be done.</p>
        ) : (
          // What stays is what was done, so it is in view where everything is left.
          <details key={how} className={styles.folded} open={how === 'dismiss' || undefined}>
            <summary>{doneWords(done, others.length)}</summary>
            <ol className={styles.begun} aria-label="Steps that began">
              {others.map((step) => (
                <BegunStep key={step.index} {...step} />
              ))}
            </ol>
          </details>
        )}
      </Card>
      {uncertain.map(({ index, words, seen }) => (
        <Banner
          key={index}
          tone="warning"
          title={
            <>
              Step {index + 1} is uncertain: {words}
            </>
          }
          lines={['It was under way when Berth ended, and may have taken effect.', seen]}
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

function BegunStep({ index, words, became, seen }: Begun) {
  // An uncertain step stands by itself; the other words are those of the states.
  const { icon: Icon, word, tone } = stepStatuses[became === 'uncertain' ? 'running' : became];
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
