import {
  FileTerminal,
  Play,
  RotateCcw,
  SkipForward,
  Square,
  SquareTerminal,
  StepForward,
} from 'lucide-react';
import { useRef } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Rehearsal } from '#shared/rehearsal/rehearsal.ts';
import { useCommand } from '../commands/command-registry.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { ReleaseSelect } from '../terminal/release-select.tsx';
import { useTerminalView } from '../terminal/terminal-view-store.ts';
import { Kbd } from '../ui/content/small.tsx';
import { Button } from '../ui/controls/button.tsx';
import { Checkbox, Select } from '../ui/controls/form.tsx';
import styles from './rehearsal.module.css';
import {
  goOn,
  openScript,
  rehearsalHost,
  startAgain,
  stopRehearsal,
  useRehearsal,
} from './rehearsal-store.ts';

/** Opens a script, chooses where it runs, and lets it go on. */
export function RehearsalTools({ rehearsal }: { readonly rehearsal: Rehearsal | null }) {
  const picker = useRef<HTMLInputElement>(null);
  const { script, pauseBeforeInterruption, nvme, terminal } = useRehearsal();
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
    <section className={styles.tools} aria-label="Controls of the rehearsal">
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
          size="small"
          label="Host of the script"
          value={rehearsal?.host.id ?? rehearsalHost()}
          options={options}
          onChange={(hostId) => {
            useRehearsal.setState({ hostId });
            void startAgain();
          }}
        />
      )}
      <ReleaseSelect
        label="nvme-cli of the script"
        value={rehearsal?.nvme ?? nvme}
        onChange={(chosen) => {
          useRehearsal.setState({ nvme: chosen });
          void startAgain();
        }}
      />
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
          unavailable={rehearsal === null ? 'Open a script first: the terminal is on its copy.' : false}
          aria-label="Terminal on the copy"
          title="Terminal on the copy"
          aria-pressed={terminal && rehearsal !== null}
          className={terminal && rehearsal !== null ? styles.pressed : undefined}
          onClick={() => {
            useRehearsal.setState({ terminal: !terminal });
            useTerminalView.setState({ wantsFocus: !terminal });
          }}
        >
          <SquareTerminal size={14} aria-hidden />
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
    </section>
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
