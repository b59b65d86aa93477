import type { ReactNode } from 'react';
import { TerminalPanel, TerminalToolbar } from '../terminal/terminal-panel.tsx';
import { Tabs } from '../ui/controls/tabs.tsx';
import { CommandsTab } from './commands/commands-tab.tsx';
import { CommandsToolbar } from './commands/commands-toolbar.tsx';
import { JournalTab } from './journal-tab.tsx';
import { ScriptTab } from './script-tab.tsx';
import styles from './trace.module.css';
import { type DockTab, useTraceView } from './trace-view-store.ts';
import { VfioTab } from './vfio-tab.tsx';

/** The views of what happens, and a terminal, as the dock and the Commands screen show them. */
export function TracePanel({ aside }: { readonly aside?: ReactNode }) {
  const tab = useTraceView((state) => state.tab);
  return (
    <Tabs<DockTab>
      label="Activity"
      value={tab}
      onChange={(next) => useTraceView.setState({ tab: next })}
      className={styles.panel}
      listClassName={styles.head}
      panelClassName={styles.content}
      aside={
        <div className={styles.aside}>
          {tab === 'commands' ? <CommandsToolbar /> : null}
          {tab === 'terminal' ? <TerminalToolbar /> : null}
          {aside}
        </div>
      }
      tabs={[
        { value: 'commands', label: 'Commands', content: <CommandsTab /> },
        { value: 'vfio', label: 'VFIO states', content: <VfioTab /> },
        { value: 'journal', label: 'Journal', content: <JournalTab /> },
        { value: 'script', label: 'Equivalent script', content: <ScriptTab /> },
        { value: 'terminal', label: 'Terminal', content: <TerminalPanel /> },
      ]}
    />
  );
}
