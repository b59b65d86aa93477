import { Copy, FileTerminal } from 'lucide-react';
import { createPortal } from 'react-dom';
import { countWords } from '#shared/count-words.ts';
import type { Rehearsal } from '#shared/rehearsal/rehearsal.ts';
import { EmptyState, ErrorNotice, LoadingState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { CopyTerminal } from './copy-terminal.tsx';
import { DifferencePane } from './difference-pane.tsx';
import { NowPane } from './now-pane.tsx';
import styles from './rehearsal.module.css';
import { startAgain, useRehearsal } from './rehearsal-store.ts';
import { RehearsalTools } from './rehearsal-tools.tsx';
import { ScriptLines } from './script-lines.tsx';

/** A script on a copy of the fleet: its lines, what they do, and what differs then. `bar`: where its controls stand. */
export function RehearsalPanel({ bar }: { readonly bar: HTMLElement | null }) {
  const { script, rehearsal, terminal, isStarting, error } = useRehearsal();
  return (
    <section className={styles.panel} aria-label="Rehearsal">
      {bar === null ? null : createPortal(<RehearsalTools rehearsal={rehearsal} />, bar)}
      {rehearsal === null ? null : <Strip rehearsal={rehearsal} />}
      {error === null ? null : <ErrorNotice error={error} />}
      {rehearsal !== null ? (
        <div className={styles.columns}>
          <ScriptLines rehearsal={rehearsal} />
          <NowPane rehearsal={rehearsal} />
          <DifferencePane rehearsal={rehearsal} />
        </div>
      ) : isStarting ? (
        <LoadingState>Copying the fleet…</LoadingState>
      ) : (
        <EmptyState
          icon={FileTerminal}
          title={script === null ? 'No script yet' : `${script.name} is not running`}
          actions={
            script === null ? null : (
              <Button kind="primary" onClick={() => void startAgain()}>
                Start again
              </Button>
            )
          }
        >
          Open a shell script, or drop one on the window. It runs on a copy of the fleet, line by line or at
          once; the real fleet is untouched.
        </EmptyState>
      )}
      {rehearsal !== null && terminal ? <CopyTerminal rehearsal={rehearsal} /> : null}
    </section>
  );
}

/** Always there, so that nobody takes it for the real fleet. */
function Strip({ rehearsal }: { readonly rehearsal: Rehearsal }) {
  const { copyOf, counts, interrupted, threat, milliseconds, script, at } = rehearsal;
  const interruptions = interrupted.length + (threat === null ? 0 : 1);
  return (
    <div className={styles.strip}>
      <Copy size={14} aria-hidden />
      <strong>{copyOf.twin ? 'On a simulated twin' : 'On a copy of the fleet'}</strong>
      <span>
        {copyOf.name}, revision {copyOf.revision}. The real fleet is untouched.
      </span>
      <span className={styles.counts} role="status">
        <span>{statusWords(rehearsal)}</span>
        <span>
          line <b>{at}</b> of {script.length}
        </span>
        <span>
          {countWords(counts.commands, 'device command')}, {countWords(counts.changes, 'other change')}
        </span>
        <span>simulated {(milliseconds / 1000).toFixed(2)} s</span>
        {counts.refused === 0 ? null : <span className="bad">✕ {counts.refused} refused</span>}
        {interruptions === 0 ? null : (
          <span className="warn">⚠ {countWords(interruptions, 'interruption')}</span>
        )}
      </span>
    </div>
  );
}

function statusWords({ status, end, threat, at }: Rehearsal): string {
  switch (status) {
    case 'ready':
      return 'ready';
    case 'running':
      return 'running';
    case 'paused':
      return threat === null ? `paused before line ${at}` : `paused: line ${at} would interrupt a guest`;
    case 'ended':
      return end === null ? 'ended' : end.words;
  }
}
