import { Eraser, Pause, Play } from 'lucide-react';
import { useMemo } from 'react';
import { countWords } from '#shared/count-words.ts';
import { changeSettings, useSettings } from '../../fleet-mirror/settings-store.ts';
import { useTrace } from '../../fleet-mirror/trace-store.ts';
import { Button } from '../../ui/controls/button.tsx';
import { TextInput } from '../../ui/controls/text-input.tsx';
import styles from '../trace.module.css';
import { shownTrace, useTraceView } from '../trace-view-store.ts';

/** Filter, errors only, spelling of the lines, pause and clear; stands in the row of the tabs. */
export function CommandsToolbar() {
  const entries = useTrace((state) => state.entries);
  const view = useTraceView();
  const nvmeCli = useSettings((state) => state.nvmeCli);
  const { shown, waiting } = useMemo(() => shownTrace(entries, view), [entries, view]);
  const paused = view.pausedAt !== null;
  // Pause and clear remember a sequence number, because the trace itself goes on.
  const newest = entries.at(-1)?.sequence ?? 0;
  return (
    <div className={styles.toolbar}>
      <span className={styles.count} role="status">
        {shown.length === entries.length
          ? countWords(entries.length, 'command')
          : `${shown.length.toLocaleString('en-US')} of ${countWords(entries.length, 'command')}`}
        {paused ? ` · paused, ${waiting} newer` : ''}
      </span>
      <TextInput
        aria-label="Filter commands"
        placeholder="Filter: opcode, controller, status…"
        className={styles.filter ?? ''}
        value={view.text}
        onChange={(text) => useTraceView.setState({ text })}
      />
      <Button
        size="small"
        aria-pressed={view.errorsOnly}
        className={view.errorsOnly ? styles.pressed : undefined}
        onClick={() => useTraceView.setState({ errorsOnly: !view.errorsOnly })}
      >
        Errors only
      </Button>
      <Button
        size="small"
        aria-label={`Lines for nvme-cli ${nvmeCli}`}
        title="The nvme-cli generation that command lines are written for; click to switch"
        onClick={() => void changeSettings({ nvmeCli: nvmeCli === '2.x' ? '3.x' : '2.x' })}
      >
        nvme-cli {nvmeCli}
      </Button>
      <Button
        size="small"
        aria-pressed={paused}
        className={paused ? styles.pressed : undefined}
        onClick={() => useTraceView.setState({ pausedAt: paused ? null : newest })}
      >
        {paused ? <Play size={13} aria-hidden /> : <Pause size={13} aria-hidden />}
        {paused ? 'Follow' : 'Pause'}
      </Button>
      <Button
        size="small"
        icon
        aria-label="Clear the list"
        title="Clear the list (the trace keeps the commands)"
        onClick={() => useTraceView.setState({ clearedAt: newest, pausedAt: null, selected: null })}
      >
        <Eraser size={14} aria-hidden />
      </Button>
    </div>
  );
}
