import { useShallow } from 'zustand/react/shallow';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { selectRuns, useRuns } from '../fleet-mirror/runs-store.ts';
import { showRun } from '../navigation.ts';
import { formatDateTime } from '../ui/format.ts';
import styles from './inspector.module.css';

/** Whether a run had to do with an object: its intent or one of its steps names the id. */
export function concerns(run: ProcedureRun, id: string): boolean {
  // With its quotation marks, so that `…/1` does not also find `…/12`.
  const quoted = JSON.stringify(id);
  return (
    JSON.stringify(run.plan.intent).includes(quoted) ||
    run.plan.steps.some((planned) => JSON.stringify(planned.step).includes(quoted))
  );
}

/** The procedures of this session that touched the object, newest first. */
export function HistoryTab({ id }: { readonly id: string }) {
  const runs = useRuns(useShallow((state) => selectRuns(state, (run) => concerns(run, id))));
  if (runs.length === 0) return <p className="mute">No procedure has changed it since Berth was started.</p>;
  return (
    <ul className={styles.history}>
      {[...runs].reverse().map((run) => (
        <li key={run.id}>
          <button
            type="button"
            className={styles.linkButton}
            onClick={() => showRun(run.id, run.migration !== null)}
          >
            {run.plan.title}
          </button>
          <div className="mute">
            {formatDateTime(run.startedAt)} · {run.undoneBy === null ? run.status : 'undone'}
          </div>
        </li>
      ))}
    </ul>
  );
}
