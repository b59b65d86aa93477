import { ScrollText } from 'lucide-react';
import { useShallow } from 'zustand/react/shallow';
import { selectRuns, useRuns } from '../fleet-mirror/runs-store.ts';
import { RunStatusTag } from '../history/run-status-tag.tsx';
import { StepList } from '../procedures/steps/step-list.tsx';
import { ScrollRegion } from '../ui/content/scroll-region.tsx';
import { EmptyState } from '../ui/content/states.tsx';
import { formatTime } from '../ui/format.ts';
import styles from './trace.module.css';

/** Steps of the procedures of this session, newest first, with what each read-back saw. */
export function JournalTab() {
  const runs = useRuns(useShallow((state) => selectRuns(state, () => true)));
  if (runs.length === 0) {
    return (
      <EmptyState icon={ScrollText} title="No changes yet">
        Every procedure that runs is logged here step by step, with what was read back. Earlier ones are in
        History.
      </EmptyState>
    );
  }
  return (
    <ScrollRegion className={styles.scroll} label="Journal">
      {[...runs].reverse().map((run) => (
        <section key={run.id} aria-label={run.plan.title} className={styles.journalRun}>
          <header className={styles.journalHead}>
            <span className="mono mute">{formatTime(run.startedAt)}</span>
            <strong>{run.plan.title}</strong>
            <RunStatusTag status={run.status} />
          </header>
          <StepList plan={run.plan} runs={run.steps} />
        </section>
      ))}
    </ScrollRegion>
  );
}
