import { useMemo } from 'react';
import { countMembers, type MigrationBatch } from '#shared/migration/batch/batch.ts';
import { useBatches } from '../../fleet-mirror/batches-store.ts';
import { type Column, DataTable } from '../../ui/content/data-table.tsx';
import { Card } from '../../ui/content/small.tsx';
import { Banner } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { formatDateTime } from '../../ui/format.ts';
import page from '../migration.module.css';
import { showBatch, useMigrationView } from '../migration-view-store.ts';
import { dropBatchDraft, useBatchDraft } from './batch-draft.ts';
import { BatchProgress, BatchStateTag, countsWords } from './batch-view.tsx';

/** Runs that a batch under way shows, so that nothing else lists them too. */
export function useBatchedRuns(): ReadonlySet<string> {
  const batches = useBatches((state) => state.batches);
  return useMemo(
    () =>
      new Set(
        batches.flatMap(({ state, members }) =>
          state === 'ended' ? [] : members.flatMap(({ runId }) => runId ?? []),
        ),
      ),
    [batches],
  );
}

/** Choices in the wizard for several that are kept. */
export function BatchDraftBanner() {
  const draft = useBatchDraft((state) => state.draft);
  if (draft === null) return null;
  return (
    <Banner
      title="Several migrations are being prepared"
      lines={['Your choices in the wizard are kept.']}
      actions={
        <>
          <Button
            size="small"
            kind="primary"
            onClick={() => useMigrationView.setState({ view: { kind: 'batch-wizard' } })}
          >
            Continue
          </Button>
          <Button size="small" onClick={dropBatchDraft}>
            Discard
          </Button>
        </>
      }
    />
  );
}

/** Batches under way, each with its progress, and those that have ended. */
export function BatchList() {
  const batches = useBatches((state) => state.batches);
  const ended = batches.filter(({ state }) => state === 'ended');
  return (
    <>
      {batches
        .filter(({ state }) => state !== 'ended')
        .map((batch) => (
          <Card key={batch.id} className={page.active}>
            <div>
              <strong>{batch.title}</strong> <BatchStateTag batch={batch} />
              <div className="mute">
                started {formatDateTime(batch.startedAt)} · {countsWords(batch)}
                {batch.state === 'held' ? <span className="warn"> · it waits for you</span> : null}
              </div>
            </div>
            <BatchProgress batch={batch} />
            <span className={page.percent}>
              {countMembers([batch]).done} of {batch.members.length}
            </span>
            <Button onClick={() => showBatch(batch.id)}>Open</Button>
          </Card>
        ))}
      {ended.length === 0 ? null : (
        <Card label="Batches">
          <DataTable
            label="Batches"
            columns={columns}
            rows={ended}
            rowKey={({ id }) => id}
            onSelect={({ id }) => showBatch(id)}
          />
        </Card>
      )}
    </>
  );
}

const columns: readonly Column<MigrationBatch>[] = [
  { id: 'title', title: 'Batch', cell: ({ title }) => title },
  { id: 'status', title: 'Status', cell: (batch) => <BatchStateTag batch={batch} /> },
  { id: 'started', title: 'Started', cell: ({ startedAt }) => formatDateTime(startedAt) },
  { id: 'what', title: 'Migrations', cell: countsWords },
  {
    id: 'open',
    title: <span className="visually-hidden">Open</span>,
    align: 'right',
    cell: ({ id, title }) => (
      <Button size="small" aria-label={`Show ${title}`} onClick={() => showBatch(id)}>
        Show
      </Button>
    ),
  },
];
