import { countWords } from '#shared/count-words.ts';
import { countMembers, type MigrationBatch } from '#shared/migration/batch/batch.ts';
import { useBatches } from '../../fleet-mirror/batches-store.ts';
import { useRuns } from '../../fleet-mirror/runs-store.ts';
import { Card, ProgressBar, Tag, type Tone } from '../../ui/content/small.tsx';
import { Banner, EmptyState } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { useThrottled } from '../../ui/use-throttled.ts';
import { ActionStrip } from '../action-strip.tsx';
import page from '../migration.module.css';
import { showMigrations } from '../migration-view-store.ts';
import styles from './batch.module.css';
import { changeBatch } from './change-batch.ts';
import { MemberRow } from './member-row.tsx';

/** Several migrations that were asked for together: each with its phase and figures, and all together. */
export function BatchView({ batchId }: { readonly batchId: string }) {
  const batch = useBatches((state) => state.batches.find(({ id }) => id === batchId));
  if (batch === undefined)
    return (
      <EmptyState
        title="This batch is not kept any more"
        actions={<Button onClick={showMigrations}>All migrations</Button>}
      >
        Its migrations are in the history.
      </EmptyState>
    );
  return (
    <section className={page.page} aria-labelledby="batch-title">
      <header className={page.head}>
        <div>
          <h1 id="batch-title">{batch.title}</h1>
          <p>
            <BatchStateTag batch={batch} /> started {formatDateTime(batch.startedAt)} · {countsWords(batch)}
          </p>
        </div>
      </header>
      {batch.state === 'held' ? <Held batch={batch} /> : null}
      <Card>
        <div className={`${styles.limits} ${styles.total}`}>
          <BatchProgress batch={batch} />
          <span className="mute">
            {batch.limits.atOnce} at once, {batch.limits.perHost} for each host
          </span>
        </div>
      </Card>
      <Card label="Migrations" aside={countWords(batch.members.length, 'virtual machine')}>
        <div className={styles.scroll}>
          <table className={styles.table} aria-label="Migrations of this batch">
            <thead>
              <tr>
                <th scope="col">Virtual machine</th>
                <th scope="col">Phase</th>
                <th scope="col">Progress</th>
                <th scope="col" className={styles.figure}>
                  Rate
                </th>
                <th scope="col" className={styles.figure}>
                  Downtime
                </th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {batch.members.map((member, index) => (
                <MemberRow
                  key={member.id}
                  {...{ batch, member }}
                  isFirstWaiting={batch.members.findIndex(({ state }) => state === 'waiting') === index}
                />
              ))}
            </tbody>
          </table>
        </div>
      </Card>
      <ActionStrip
        label="Batch"
        actions={
          <>
            <Button onClick={showMigrations}>Close</Button>
            {batch.state === 'ended' ? null : (
              <Button
                kind="danger"
                title="Those that wait are taken out. Those under way go back as far as they may; what is past its point of no return goes on."
                onClick={() => void changeBatch(batch.id, { kind: 'abort-all' })}
              >
                Abort all
              </Button>
            )}
          </>
        }
      >
        <span className="mute">
          {batch.state === 'ended'
            ? 'Every migration has ended.'
            : 'The migrations keep running when this view is closed.'}
        </span>
      </ActionStrip>
    </section>
  );
}

function Held({ batch }: { readonly batch: MigrationBatch }) {
  const { waiting } = countMembers([batch]);
  return (
    <Banner
      tone="warning"
      title={`${countWords(waiting, 'migration')} ${waiting === 1 ? 'is' : 'are'} held`}
      lines={[batch.heldBecause, 'Nothing new starts until you decide.']}
      actions={
        <>
          <Button size="small" kind="primary" onClick={() => void changeBatch(batch.id, { kind: 'go-on' })}>
            Go on
          </Button>
          <Button size="small" onClick={() => void changeBatch(batch.id, { kind: 'drop-rest' })}>
            Drop the rest
          </Button>
        </>
      }
    />
  );
}

/** Milliseconds between two looks at all runs together. */
const totalPause = 250;

/** How far all are together: what has ended counts as done. */
export function BatchProgress({ batch }: { readonly batch: MigrationBatch }) {
  const runs = useThrottled(
    useRuns((state) => state.runs),
    totalPause,
  );
  const { members } = batch;
  const sum = members.reduce((total, { state, runId }) => {
    if (state === 'waiting') return total;
    return total + (state === 'running' ? (runs[runId ?? '']?.progress ?? 0) : 1);
  }, 0);
  return <ProgressBar value={sum / members.length} label={`Progress of ${batch.title}`} tone="warning" />;
}

/** `3 done, 1 running, 2 waiting`; states that nothing is in are left out. */
export function countsWords(batch: MigrationBatch): string {
  const counts = countMembers([batch]);
  return (['done', 'running', 'waiting', 'failed', 'refused', 'cancelled'] as const)
    .flatMap((state) => (counts[state] === 0 ? [] : [`${counts[state]} ${state}`]))
    .join(', ');
}

export function BatchStateTag({ batch }: { readonly batch: MigrationBatch }) {
  const { failed, refused } = countMembers([batch]);
  const words: Record<MigrationBatch['state'], { readonly tone: Tone; readonly word: string }> = {
    running: { tone: 'warning', word: 'Running' },
    held: { tone: 'error', word: 'Held' },
    ended:
      failed + refused > 0 ? { tone: 'error', word: 'Not all arrived' } : { tone: 'online', word: 'Done' },
  };
  const { tone, word } = words[batch.state];
  return <Tag tone={tone}>{word}</Tag>;
}
