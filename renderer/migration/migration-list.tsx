import { ArrowLeftRight } from 'lucide-react';
import { useShallow } from 'zustand/react/shallow';
import type { RunSummary } from '#shared/ipc/contract.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { clockWords, runMilliseconds } from '#shared/procedure/run/run-time.ts';
import { useBatches } from '../fleet-mirror/batches-store.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { selectRuns, useRuns } from '../fleet-mirror/runs-store.ts';
import { RunStatusTag } from '../history/run-status-tag.tsx';
import { useHistory } from '../history/use-history.ts';
import { ReadOnlyBanner } from '../open/read-only-banner.tsx';
import { type Column, DataTable } from '../ui/content/data-table.tsx';
import { Card, ProgressBar, Tag } from '../ui/content/small.tsx';
import { Banner, EmptyState, ErrorNotice, LoadingState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { formatDateTime, formatDuration } from '../ui/format.ts';
import { openBatchWizard } from './batch/batch-draft.ts';
import { BatchDraftBanner, BatchList, useBatchedRuns } from './batch/batch-list.tsx';
import styles from './migration.module.css';
import { dropDraft, showMigrationRun, useMigrationView } from './migration-view-store.ts';
import { openWizard } from './wizard/open-wizard.ts';

/** Running and past migrations, and the way to a new one. */
export function MigrationList() {
  const history = useHistory();
  const batched = useBatchedRuns();
  const active = useRuns(
    useShallow((state) =>
      selectRuns(state, (run) => isActive(run) && run.plan.intent.kind === 'migrate' && !batched.has(run.id)),
    ),
  );
  const draft = useMigrationView((state) => state.draft);
  const readOnly = useFleetMirror((mirror) => mirror.fleet?.source.readOnly ?? null);
  // A run that is under way stands above, with its progress.
  const past = history.runs.filter(
    (run) =>
      run.intentKind === 'migrate' &&
      !(run.status === 'running' || run.status === 'aborting') &&
      !active.some((one) => one.id === run.id),
  );
  const batches = useBatches((state) => state.batches.length);
  const empty = active.length === 0 && draft === null && batches === 0;
  const create = (
    <span className={styles.create}>
      <Button
        unavailable={readOnly ?? false}
        onClick={() => openBatchWizard({ kind: 'machines', virtualMachineIds: [] })}
      >
        Several at once…
      </Button>
      <Button kind="primary" unavailable={readOnly ?? false} onClick={() => openWizard(null)}>
        New migration…
      </Button>
    </span>
  );
  return (
    <section className={styles.page} aria-labelledby="migrations-title">
      <header className={styles.head}>
        <div>
          <h1 id="migrations-title">Migrations</h1>
          <p>
            Moves a virtual machine with its secondary controllers to another host. The guest keeps seeing the
            same NVM subsystem.
          </p>
        </div>
        {create}
      </header>
      {readOnly === null ? null : <ReadOnlyBanner title="Migration is not possible here" reason={readOnly} />}
      {draft === null ? null : (
        <Banner
          title="A migration is being prepared"
          lines={['Your choices in the wizard are kept.']}
          actions={
            <>
              <Button size="small" kind="primary" onClick={() => openWizard(null)}>
                Continue
              </Button>
              <Button size="small" onClick={dropDraft}>
                Discard
              </Button>
            </>
          }
        />
      )}
      <BatchDraftBanner />
      <BatchList />
      {active.map((run) => (
        <ActiveRun key={run.id} run={run} />
      ))}
      <Past history={history} past={past} empty={empty} />
    </section>
  );
}

function ActiveRun({ run }: { readonly run: ProcedureRun }) {
  return (
    <Card className={styles.active}>
      <div>
        <strong>{run.plan.title}</strong> <RunStatusTag status={run.status} />
        <div className="mute">
          started {formatDateTime(run.startedAt)}
          <span className="warn">{waitsWords(run)}</span>
        </div>
      </div>
      <ProgressBar value={run.progress} label={`Progress of ${run.plan.title}`} tone="warning" />
      <span className={styles.percent}>{Math.floor(run.progress * 100)} %</span>
      <Button onClick={() => showMigrationRun(run.id)}>Watch</Button>
    </Card>
  );
}

/** One that waits for a person says so, also where nobody looks at it. */
function waitsWords({ migration, status }: ProcedureRun): string {
  if (status !== 'running') return '';
  switch (migration?.preCopy?.state) {
    case 'holding':
      return ' · held before the switch-over: it waits for you';
    case 'not-converging':
      return ' · it does not converge: it waits for your decision';
    case 'copying':
    case 'switching-over':
    case undefined:
      return '';
  }
}

function Past({
  history,
  past,
  empty,
}: {
  readonly history: ReturnType<typeof useHistory>;
  readonly past: readonly RunSummary[];
  readonly empty: boolean;
}) {
  if (history.error !== null) {
    return (
      <ErrorNotice error={history.error} title="Past migrations could not be read" onRetry={history.reload} />
    );
  }
  if (history.value === null) return <LoadingState>Reading past migrations…</LoadingState>;
  if (past.length === 0) {
    return empty ? (
      <EmptyState icon={ArrowLeftRight} title="No virtual machine has been migrated yet">
        “New migration…” takes six steps: source, destination, mapping, checks, options, review. Nothing
        changes until the last one.
      </EmptyState>
    ) : null;
  }
  return (
    <Card label="Past migrations">
      <DataTable
        label="Past migrations"
        columns={columns}
        rows={past}
        rowKey={(run) => run.id}
        onSelect={(run) => showMigrationRun(run.id)}
      />
    </Card>
  );
}

function durationWords(run: RunSummary): string {
  const milliseconds = runMilliseconds(run);
  return milliseconds === null ? '–' : `${formatDuration(milliseconds * 1000)}${clockWords(run)}`;
}

const columns: readonly Column<RunSummary>[] = [
  { id: 'title', title: 'Migration', cell: (run) => run.title },
  { id: 'status', title: 'Status', cell: (run) => <RunStatusTag status={run.status} /> },
  { id: 'started', title: 'Started', cell: (run) => formatDateTime(run.startedAt) },
  {
    id: 'took',
    title: 'Duration',
    align: 'right',
    cell: (run) => durationWords(run),
  },
  {
    id: 'fleet',
    title: 'Fleet',
    cell: (run) => (
      <>
        {run.fleetName} {run.simulated ? <Tag tone="warning">Simulated</Tag> : null}
      </>
    ),
  },
  {
    id: 'open',
    title: <span className="visually-hidden">Open</span>,
    align: 'right',
    cell: (run) => (
      <Button size="small" aria-label={`Show ${run.title}`} onClick={() => showMigrationRun(run.id)}>
        Show
      </Button>
    ),
  },
];
