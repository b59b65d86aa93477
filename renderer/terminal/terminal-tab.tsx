import { useEffect, useRef, useState } from 'react';
import { Kbd } from '../ui/content/small.tsx';
import { Button } from '../ui/controls/button.tsx';
import type { HostTerminal } from './host-terminal.ts';
import styles from './terminal.module.css';
import { useTerminalView } from './terminal-view-store.ts';
import { terminalOf } from './terminals.ts';

/** The shell of one simulated host. */
export function TerminalTab({ hostId, name }: { readonly hostId: string; readonly name: string }) {
  const box = useRef<HTMLDivElement>(null);
  const onward = useRef<HTMLButtonElement>(null);
  const [terminal, setTerminal] = useState<HostTerminal | null>(null);
  const wantsFocus = useTerminalView((state) => state.wantsFocus);
  useEffect(() => {
    if (box.current === null) return undefined;
    const shown = terminalOf(hostId, name);
    shown.show(box.current, () => onward.current?.focus());
    setTerminal(shown);
    const observer = new ResizeObserver(() => shown.fit());
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      shown.hide();
    };
  }, [hostId, name]);
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
