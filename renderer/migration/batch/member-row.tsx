import { memo } from 'react';
import type { BatchMember, MemberState } from '#shared/migration/batch/batch.ts';
import { forecastInForce } from '#shared/migration/pre-copy/round.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { client } from '../../bridge/client.ts';
import { useRuns } from '../../fleet-mirror/runs-store.ts';
import { abortRun } from '../../procedures/abort-run.ts';
import { ProgressBar, Tag, type Tone } from '../../ui/content/small.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { formatDuration, formatRate } from '../../ui/format.ts';
import { notifyError } from '../../ui/overlays/notices.ts';
import { showMigrationRun } from '../migration-view-store.ts';
import { currentStepIndex } from '../run/run-phases.ts';
import styles from './batch.module.css';
import { changeBatch } from './change-batch.ts';

const stateTones: Record<MemberState, Tone> = {
  waiting: 'neutral',
  running: 'warning',
  done: 'online',
  failed: 'error',
  refused: 'error',
  cancelled: 'neutral',
};

/** One migration of a batch. Each row looks at its own run only, so that fifty under way do not draw each other anew. */
export const MemberRow = memo(function MemberRow({
  batchId,
  member,
  isFirstWaiting,
}: {
  readonly batchId: string;
  readonly member: BatchMember;
  readonly isFirstWaiting: boolean;
}) {
  const run = useRuns((state) => (member.runId === null ? undefined : state.runs[member.runId]));
  const facts = run?.migration ?? null;
  const { name, from, to, state, reasons } = member;
  return (
    <tr>
      <th scope="row">
        <span className={styles.name}>{name}</span>
        <span className={styles.reason}>
          {from} → {to}
        </span>
      </th>
      <td className={styles.phase}>
        <Tag tone={stateTones[state]}>{state}</Tag> {phaseWords(run)}
        {reasons.map((reason) => (
          <span key={reason} className={styles.reason}>
            {state === 'waiting' ? `Waits: ${reason}` : reason}
          </span>
        ))}
      </td>
      <td>
        <ProgressBar
          className={styles.bar}
          value={state === 'done' ? 1 : (run?.progress ?? 0)}
          label={`Progress of ${name}`}
          tone={state === 'done' ? 'online' : 'warning'}
        />
      </td>
      <td className={styles.figure}>
        {state === 'running' && facts !== null && facts.bytesPerSecond > 0
          ? formatRate(facts.bytesPerSecond)
          : '–'}
      </td>
      <td className={styles.figure}>{downtimeWords(facts)}</td>
      <td>
        <Actions batchId={batchId} member={member} run={run} isFirstWaiting={isFirstWaiting} />
      </td>
    </tr>
  );
});

function phaseWords(run: ProcedureRun | undefined): string {
  if (run === undefined) return '';
  if (run.status === 'aborting') return 'Rolling back';
  if (run.status === 'interrupted') return 'Interrupted: decide in its view';
  if (run.status !== 'running') return '';
  switch (run.migration?.preCopy?.state) {
    case 'holding':
      return 'Held before the switch-over';
    case 'not-converging':
      return 'Does not converge: it waits for you';
    case 'copying':
    case 'switching-over':
    case undefined:
      return run.plan.steps[currentStepIndex(run)]?.phase ?? 'Finishing';
  }
}

/** Measured once the guest runs again, forecast before that. */
function downtimeWords(facts: MigrationFacts | null): string {
  if (facts === null) return '–';
  const { downtimeMilliseconds: measured } = facts;
  return measured === null
    ? `about ${formatDuration(forecastInForce(facts) * 1000)}`
    : formatDuration(measured * 1000);
}

function Actions({
  batchId,
  member,
  run,
  isFirstWaiting,
}: {
  readonly batchId: string;
  readonly member: BatchMember;
  readonly run: ProcedureRun | undefined;
  readonly isFirstWaiting: boolean;
}) {
  const { name, runId } = member;
  const copying = run?.status === 'running' ? run.migration?.preCopy?.state : undefined;
  return (
    <span className={styles.buttons}>
      {member.state === 'waiting' ? (
        <>
          <Button
            size="small"
            aria-label={`Start ${name} first`}
            unavailable={isFirstWaiting ? 'It is the next one.' : false}
            onClick={() =>
              // Those that are not named stay in their order behind it.
              void changeBatch(batchId, { kind: 'reorder', memberIds: [member.id] })
            }
          >
            First
          </Button>
          <Button
            size="small"
            aria-label={`Take out ${name}`}
            onClick={() => void changeBatch(batchId, { kind: 'take-out', memberId: member.id })}
          >
            Take out
          </Button>
        </>
      ) : null}
      {copying === 'holding' || copying === 'not-converging' ? (
        <Button
          size="small"
          kind="primary"
          aria-label={`Go now with ${name}`}
          onClick={() => void goNow(runId)}
        >
          Go now
        </Button>
      ) : null}
      {run?.status === 'running' && run.abortable ? (
        <Button size="small" kind="danger" aria-label={`Abort ${name}`} onClick={() => void abortRun(run.id)}>
          Abort
        </Button>
      ) : null}
      {runId === null ? null : (
        <Button size="small" aria-label={`Show ${name}`} onClick={() => showMigrationRun(runId)}>
          Show
        </Button>
      )}
    </span>
  );
}

async function goNow(runId: string | null): Promise<void> {
  if (runId === null) return;
  const said = await client.call('migration:decide', { runId, decision: 'switch-over' });
  if (!said.ok) notifyError(said.error, 'The guest was not stopped');
}
