import { SquareTerminal } from 'lucide-react';
import { useMemo } from 'react';
import { countWords } from '#shared/count-words.ts';
import { useTrace } from '../../fleet-mirror/trace-store.ts';
import { EmptyState } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import styles from '../trace.module.css';
import { shownTrace, useTraceView } from '../trace-view-store.ts';
import { CommandDetails } from './command-details.tsx';
import { CommandList } from './command-list.tsx';

/** The list of admin commands, and at its side the details of the chosen one. */
export function CommandsTab() {
  const entries = useTrace((state) => state.entries);
  const view = useTraceView();
  const { shown } = useMemo(() => shownTrace(entries, view), [entries, view]);
  const chosen = shown.find((entry) => entry.sequence === view.selected);
  if (shown.length === 0) return <NothingShown total={entries.length} />;
  return (
    <div className={styles.commands}>
      <CommandList entries={shown} selected={chosen?.sequence ?? null} following={view.pausedAt === null} />
      {chosen === undefined ? null : (
        <CommandDetails entry={chosen} onClose={() => useTraceView.setState({ selected: null })} />
      )}
    </div>
  );
}

function NothingShown({ total }: { readonly total: number }) {
  const view = useTraceView();
  const filtered = view.text !== '' || view.errorsOnly;
  if (total === 0) {
    return (
      <EmptyState icon={SquareTerminal} title="No admin command has been sent yet">
        Everything that Berth sends to a controller appears here as it happens, decoded into words.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={SquareTerminal}
      title={filtered ? 'No command matches the filter' : 'The list was cleared'}
      actions={
        <Button
          onClick={() => useTraceView.setState({ text: '', errorsOnly: false, clearedAt: 0, pausedAt: null })}
        >
          Show all {countWords(total, 'command')}
        </Button>
      }
    />
  );
}
