import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import { countsOfRehearsal, rehearsalSummary } from '#shared/migration/rehearsal/rehearsal-result.ts';
import type { MigrationRehearsalState } from '#shared/migration/rehearsal/rehearsal-state.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import type { Proposal } from '#shared/procedure/proposal.ts';
import { Card, ProgressBar, Tag } from '../../ui/content/small.tsx';
import { ErrorNotice } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { CellDialog } from './cell-dialog.tsx';
import {
  beginMigrationRehearsal,
  openCell,
  stopMigrationRehearsal,
  useMigrationRehearsal,
} from './migration-rehearsal-store.ts';
import styles from './rehearsal.module.css';
import { RehearsalMatrix } from './rehearsal-matrix.tsx';
import { RehearseDialog } from './rehearse-dialog.tsx';

/** The rehearsal of the plan under review: begun here, seen here, and kept with the plan when it starts. */
export function RehearsalCard({
  proposal,
  request,
  className,
}: {
  readonly proposal: Proposal;
  readonly request: MigrationRequest;
  readonly className?: string | undefined;
}) {
  const { state, isStarting, opened } = useMigrationRehearsal();
  const [isChoosing, setChoosing] = useState(false);
  const isStale = state !== null && state.planDigest !== proposal.digest;
  const rehearsal = state?.rehearsal ?? null;
  const isRunning = state?.status === 'running';
  return (
    <Card className={className} label="Rehearsal" aside={<Tag tone="warning">on simulated twins</Tag>}>
      <div className={styles.about}>
        <p role="status" className={toneOf(state, isStale)}>
          {statusWords(state, isStale)}
        </p>
        {isRunning ? (
          <Button onClick={() => void stopMigrationRehearsal(state.id)}>Stop</Button>
        ) : (
          <Button unavailable={isStarting} onClick={() => setChoosing(true)}>
            {rehearsal === null ? 'Rehearse…' : 'Rehearse again…'}
          </Button>
        )}
      </div>
      {state?.error == null ? null : (
        <div className={styles.progress}>
          <ErrorNotice title="It could not be rehearsed" error={state.error} />
        </div>
      )}
      {isRunning ? (
        <ProgressBar
          className={styles.progress}
          value={rehearsal === null || rehearsal.wanted === 0 ? 0 : rehearsal.cells.length / rehearsal.wanted}
          label="Cases that were rehearsed"
        />
      ) : null}
      {state === null || rehearsal === null || isStale ? null : (
        <RehearsalMatrix
          rehearsal={rehearsal}
          plan={proposal}
          onOpen={(step, fault) => void openCell(state.id, step, fault)}
        />
      )}
      {isChoosing ? (
        <RehearseDialog
          plan={proposal}
          onClose={() => setChoosing(false)}
          onStart={(chosen) => {
            setChoosing(false);
            void beginMigrationRehearsal(request, proposal.digest, chosen);
          }}
        />
      ) : null}
      {opened === null ? null : <CellDialog opened={opened} plan={proposal} rehearsal={rehearsal} />}
    </Card>
  );
}

function statusWords(state: MigrationRehearsalState | null, isStale: boolean): string {
  if (state === null)
    return 'Runs this very plan on twins of both hosts, once for each step and fault, and shows what becomes of the guest. Nothing of the open fleet is touched.';
  const { rehearsal, status } = state;
  if (isStale)
    return 'The plan has changed since it was rehearsed: what was seen then is about another plan.';
  if (state.error !== null) return '';
  if (rehearsal === null) return 'Running the plan once without any fault…';
  if (status === 'running')
    return `${rehearsal.cells.length} of ${countWords(rehearsal.wanted, 'case')}, ${countsOfRehearsal(rehearsal).failed} failed so far`;
  return `${rehearsalSummary(rehearsal)}. It is kept with the plan when the migration starts.`;
}

function toneOf(state: MigrationRehearsalState | null, isStale: boolean): string {
  if (isStale) return 'warn';
  const rehearsal = state?.rehearsal ?? null;
  if (rehearsal === null || state?.status === 'running') return 'mute';
  const { failed } = countsOfRehearsal(rehearsal);
  if (failed > 0 || !rehearsal.undisturbed.passed) return 'bad';
  return rehearsal.cells.length < rehearsal.wanted ? 'warn' : 'ok';
}
