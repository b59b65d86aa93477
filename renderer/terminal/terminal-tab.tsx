import { useEffect, useRef, useState } from 'react';
import { Kbd } from '../ui/content/small.tsx';
import { Button } from '../ui/controls/button.tsx';
import type { HostTerminal, HostTerminalPlace } from './host-terminal.ts';
import styles from './terminal.module.css';
import { useTerminalView } from './terminal-view-store.ts';
import { terminalOf } from './terminals.ts';

/** The shell of one simulated host, or of a copy of it. */
export function TerminalTab({ hostId, hostName, nvme, rehearsalId }: HostTerminalPlace) {
  const box = useRef<HTMLDivElement>(null);
  const onward = useRef<HTMLButtonElement>(null);
  const [terminal, setTerminal] = useState<HostTerminal | null>(null);
  const wantsFocus = useTerminalView((state) => state.wantsFocus);
  useEffect(() => {
    if (box.current === null) return undefined;
    const shown = terminalOf({ hostId, hostName, nvme, rehearsalId });
    shown.show(box.current, () => onward.current?.focus());
    setTerminal(shown);
    const observer = new ResizeObserver(() => shown.fit());
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      shown.hide();
    };
  }, [hostId, hostName, nvme, rehearsalId]);
  useEffect(() => {
    if (!wantsFocus || terminal === null) return;
    useTerminalView.setState({ wantsFocus: false });
    terminal.focus();
  }, [wantsFocus, terminal]);
  return (
    <div className={styles.tab}>
      <div ref={box} className={styles.box} />
      <div className={styles.foot}>
        <Button ref={onward} size="small" onClick={() => terminal?.interrupt()}>
          Stop the line
        </Button>
        <Button size="small" onClick={() => terminal?.clear()}>
          Clear
        </Button>
        <span className={styles.keys}>
          <Kbd>Shift+Tab</Kbd> goes back from the terminal, <Kbd>F6</Kbd> goes on, <Kbd>Ctrl+C</Kbd> stops a
          line, <Kbd>Tab</Kbd> completes
        </span>
      </div>
    </div>
  );
}
