import { Copy, FileTerminal, Play, RotateCcw, SkipForward, Square, StepForward } from 'lucide-react';
import { useRef } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Rehearsal } from '#shared/rehearsal/rehearsal.ts';
import { useCommand } from '../commands/command-registry.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { Kbd } from '../ui/content/small.tsx';
import { EmptyState, ErrorNotice, LoadingState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { Checkbox, Select } from '../ui/controls/form.tsx';
import { DifferencePane } from './difference-pane.tsx';
import { NowPane } from './now-pane.tsx';
import styles from './rehearsal.module.css';
import {
  goOn,
  openScript,
  rehearsalHost,
  startAgain,
  stopRehearsal,
  useRehearsal,
} from './rehearsal-store.ts';
import { ScriptLines } from './script-lines.tsx';

/** A script on a copy of the fleet: its lines, what they do, and what differs then. */
export function RehearsalPanel() {
  const { script, rehearsal, isStarting, error } = useRehearsal();
  return (
    <section className={styles.panel} aria-label="Rehearsal">
      <Tools rehearsal={rehearsal} />
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
    </section>
  );
}

function Tools({ rehearsal }: { readonly rehearsal: Rehearsal | null }) {
  const picker = useRef<HTMLInputElement>(null);
  const { script, pauseBeforeInterruption } = useRehearsal();
  const hosts = useFleetMirror((state) => state.fleet?.hosts);
  const options = Object.values(hosts ?? {}).map(({ id, name }) => ({ value: id, label: `on ${name}` }));
  const status = rehearsal?.status;
  const canGo =
    status === 'ready' || status === 'paused'
      ? false
      : status === 'running'
        ? 'It runs.'
        : status === 'ended'
          ? 'It has ended: start it again.'
          : 'Open a script first.';
  const canStop = status === 'running' || status === 'paused' ? false : 'Nothing runs.';
  useCommand('rehearse-step', () => void goOn('step'), canGo === false ? null : canGo);
  return (
    <div className={styles.tools}>
      <span className={styles.file}>
        <FileTerminal size={15} aria-hidden />
        {script?.name ?? 'No script'}
        {rehearsal === null ? null : (
          <span className="mute">{countWords(rehearsal.script.length, 'line')}</span>
        )}
      </span>
      <Button size="small" onClick={() => picker.current?.click()}>
        Open…
      </Button>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="Script to rehearse"
        accept=".sh,.bash,.txt,text/x-shellscript"
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file may be chosen again after it was edited.
          event.target.value = '';
          if (file !== undefined) void openScript(file);
        }}
      />
      {options.length < 2 ? null : (
        <Select
          label="Host of the script"
          value={rehearsal?.host.id ?? rehearsalHost()}
          options={options}
          onChange={(hostId) => {
            useRehearsal.setState({ hostId });
            void startAgain();
          }}
        />
      )}
      <span className={styles.run}>
        <Checkbox
          checked={pauseBeforeInterruption}
          onChange={(checked) => useRehearsal.setState({ pauseBeforeInterruption: checked })}
        >
          Pause before it interrupts a guest
        </Checkbox>
        <Button unavailable={canGo} onClick={() => void goOn('step')}>
          <StepForward size={14} aria-hidden />
          Step <Kbd>F8</Kbd>
        </Button>
        <Button kind="primary" unavailable={canGo} onClick={() => void goOn('on')}>
          <Play size={14} aria-hidden />
          {status === 'paused' ? 'Run on' : 'Run'}
        </Button>
        <ToLine canGo={canGo} />
        <Button kind="danger" unavailable={canStop} onClick={() => void stopRehearsal()}>
          <Square size={12} aria-hidden />
          Stop
        </Button>
        <Button
          icon
          unavailable={script === null}
          aria-label="Start again from a fresh copy"
          title="Start again from a fresh copy"
          onClick={() => void startAgain()}
        >
          <RotateCcw size={14} aria-hidden />
        </Button>
      </span>
    </div>
  );
}

/** Up to the line that is chosen in the script. */
function ToLine({ canGo }: { readonly canGo: string | false }) {
  const line = useRehearsal((state) => state.chosenLine);
  const unavailable = canGo === false && line === null ? 'Choose a line of the script.' : canGo;
  return (
    <Button
      unavailable={unavailable}
      title="Run until the chosen line comes next"
      onClick={() => void goOn('to-line', line === null ? {} : { line })}
    >
      <SkipForward size={14} aria-hidden />
      {line === null ? 'To line' : `To line ${line}`}
    </Button>
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
        {counts.refused === 0 ? null : <span className={styles.bad}>✕ {counts.refused} refused</span>}
        {interruptions === 0 ? null : (
          <span className={styles.warn}>⚠ {countWords(interruptions, 'interruption')}</span>
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
