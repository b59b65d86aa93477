import { History } from 'lucide-react';
import { useState } from 'react';
import { create } from 'zustand';
import { countWords } from '#shared/count-words.ts';
import type { RunSummary } from '#shared/ipc/contract.ts';
import { goTo } from '../navigation.ts';
import { SideList, SideListItem, SideListScreen } from '../ui/content/side-list.tsx';
import { EmptyState, ErrorPane, LoadingState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { TextInput } from '../ui/controls/text-input.tsx';
import { formatDateTime } from '../ui/format.ts';
import { hasEveryWord, searchWords } from '../ui/search-words.ts';
import styles from './history.module.css';
import { RunDetails } from './run-details.tsx';
import { RunStatusTag } from './run-status-tag.tsx';
import { useHistory } from './use-history.ts';
import { useRun } from './use-run.ts';
import { useTakenRunId } from './use-taken-run-id.ts';

/** The chosen run; kept while another screen shows. */
const useChosen = create<{ readonly runId: string | null }>(() => ({ runId: null }));

const choose = (runId: string) => useChosen.setState({ runId });

/** Every procedure that ran, from the journal: steps, read-back, undo, errors, what is left. */
export function HistoryScreen() {
  useTakenRunId(choose);
  const chosen = useChosen((state) => state.runId);
  const [text, setText] = useState('');
  const history = useHistory();
  const shown = history.runs.filter((run) => matches(run, text));
  // The newest one, until another is chosen.
  const runId = chosen ?? history.runs[0]?.id ?? null;

  if (history.error !== null) {
    return <ErrorPane error={history.error} title="The history could not be read" onRetry={history.reload} />;
  }
  if (history.value === null) return <LoadingState>Reading the journal…</LoadingState>;
  if (history.runs.length === 0) {
    return (
      <EmptyState
        icon={History}
        title="No changes yet"
        actions={<Button onClick={() => goTo('topology')}>Go to the topology</Button>}
      >
        Every procedure is kept here with its steps, what was read back, and how to undo it.
      </EmptyState>
    );
  }
  return (
    <SideListScreen>
      <SideList
        label="Procedures"
        title="History"
        aside={countWords(history.runs.length, 'procedure')}
        filter={
          <TextInput
            aria-label="Filter procedures"
            placeholder="Filter: title, status, fleet…"
            value={text}
            onChange={setText}
          />
        }
        items={shown.map((run) => <RunItem key={run.id} run={run} chosen={run.id === runId} />)}
      >
        {shown.length === 0 ? <p className="mute">No procedure matches the filter.</p> : null}
      </SideList>
      <ChosenRun runId={runId} />
    </SideListScreen>
  );
}

function RunItem({ run, chosen }: { readonly run: RunSummary; readonly chosen: boolean }) {
  return (
    <SideListItem
      title={run.title}
      chosen={chosen}
      onChoose={() => choose(run.id)}
      meta={
        <>
          {formatDateTime(run.startedAt)} · {countWords(run.stepCount, 'step')} · {run.fleetName}
          {run.undoneBy === null ? '' : ' · undone'}
        </>
      }
    >
      <RunStatusTag status={run.status} />
    </SideListItem>
  );
}

function ChosenRun({ runId }: { readonly runId: string | null }) {
  const { run, error, reload } = useRun(runId);
  if (error !== null) {
    return <ErrorPane error={error} title="The procedure could not be read" onRetry={reload} />;
  }
  if (run === null) return <LoadingState>Reading the procedure…</LoadingState>;
  return (
    <div className={styles.pane}>
      <RunDetails run={run} onShow={choose} />
    </div>
  );
}

function matches(run: RunSummary, text: string): boolean {
  return hasEveryWord(`${run.title} ${run.status} ${run.intentKind} ${run.fleetName}`, searchWords(text));
}
