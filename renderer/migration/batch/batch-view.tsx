import { countWords } from '#shared/count-words.ts';
import { countMembers, type MigrationBatch } from '#shared/migration/batch/batch.ts';
import { useBatches } from '../../fleet-mirror/batches-store.ts';
import { useRuns } from '../../fleet-mirror/runs-store.ts';
import { ScrollRegion } from '../../ui/content/scroll-region.tsx';
import { Card, ProgressBar, Tag, type Tone } from '../../ui/content/small.tsx';
import { Banner, EmptyState } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { Select } from '../../ui/controls/form.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { useGrowing } from '../../ui/use-growing.ts';
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
        title="This batch is no longer kept"
        actions={<Button onClick={showMigrations}>All migrations</Button>}
      >
        Its migrations are in the history.
      </EmptyState>
    );
  return (
    <div className={page.run}>
      <ScrollRegion className={page.runBody} labelledBy="batch-title">
        <h1 id="batch-title" className={page.title}>
          {batch.title}
        </h1>
        <p className={page.text}>
          <BatchStateTag batch={batch} /> started {formatDateTime(batch.startedAt)} · {countsWords(batch)}
        </p>
        {batch.state === 'held' ? <Held batch={batch} /> : null}
        <Card className={page.block}>
          <div className={styles.total}>
            <BatchProgress batch={batch} className={styles.bar} />
            <Limits batch={batch} />
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
                <Rows batch={batch} />
              </tbody>
            </table>
          </div>
        </Card>
      </ScrollRegion>
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
    </div>
  );
}

/** Rows that are drawn in one frame. */
const rowsInFrame = 10;

function Rows({ batch }: { readonly batch: MigrationBatch }) {
  const { members } = batch;
  const shown = useGrowing(members.length, rowsInFrame);
  const firstWaiting = members.findIndex(({ state }) => state === 'waiting');
  return members
    .slice(0, shown)
    .map((member, index) => (
      <MemberRow key={member.id} batchId={batch.id} member={member} isFirstWaiting={index === firstWaiting} />
    ));
}

function Held({ batch }: { readonly batch: MigrationBatch }) {
  const { waiting } = countMembers([batch]);
  return (
    <div className={page.block}>
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
    </div>
  );
}

/** How many may be under way; can be changed while they are. */
function Limits({ batch }: { readonly batch: MigrationBatch }) {
  const { limits } = batch;
  if (batch.state === 'ended')
    return (
      <span className="mute">
        {limits.atOnce} at once, {limits.perHost} for each host
      </span>
    );
  const set = (change: Partial<typeof limits>) =>
    void changeBatch(batch.id, { kind: 'set-limits', limits: { ...limits, ...change } });
  return (
    <>
      {(['atOnce', 'perHost'] as const).map((key) => (
        <Select
          key={key}
          label={limitWords[key]}
          size="small"
          value={String(limits[key])}
          options={[...new Set([...offered, limits[key]])]
            .sort((one, other) => one - other)
            .map((count) => ({ value: String(count), label: `${count} ${limitNotes[key]}` }))}
          onChange={(count) => set({ [key]: Number(count) })}
        />
      ))}
    </>
  );
}

const offered = [1, 2, 4, 8, 16, 50];
const limitWords = { atOnce: 'Migrations at once', perHost: 'Migrations for each host' } as const;
const limitNotes = { atOnce: 'at once', perHost: 'for each host' } as const;

/** Milliseconds between two looks at all runs together. */
const totalPause = 250;

/** How far all are together: what has ended counts as done. */
export function BatchProgress({
  batch,
  className,
}: {
  readonly batch: MigrationBatch;
  readonly className?: string | undefined;
}) {
  const runs = useThrottled(
    useRuns((state) => state.runs),
    totalPause,
  );
  const { members } = batch;
  const sum = members.reduce((total, { state, runId }) => {
    if (state === 'waiting') return total;
    return total + (state === 'running' ? (runs[runId ?? '']?.progress ?? 0) : 1);
  }, 0);
  return (
    <ProgressBar
      value={sum / members.length}
      label={`Progress of ${batch.title}`}
      tone="warning"
      className={className}
    />
  );
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
