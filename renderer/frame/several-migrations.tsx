import { migrationQueueWords } from '#shared/migration/batch/batch.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { useBatches } from '../fleet-mirror/batches-store.ts';
import { type RunsState, selectRuns, useRuns } from '../fleet-mirror/runs-store.ts';
import { goTo } from '../navigation.ts';
import { ProgressBar } from '../ui/content/small.tsx';
import { useThrottled } from '../ui/use-throttled.ts';
import styles from './frame.module.css';

const isMigration = (run: ProcedureRun): boolean => isActive(run) && run.plan.intent.kind === 'migrate';

/** Runs that have their own place in the status bar: of several migrations it only says how many there are. */
export function shownAlone(state: RunsState): ProcedureRun[] {
  const active = selectRuns(state, isActive);
  const several = active.filter(isMigration).length > 1;
  return several ? active.filter((run) => !isMigration(run)) : active;
}

/** Milliseconds between two looks at all of them. */
const pause = 250;

/** `3 migrations, 1 waiting` with their progress together; a click shows the list of them. */
export function SeveralMigrations() {
  const runs = useThrottled(
    useRuns((state) => state.runs),
    pause,
  );
  const batches = useBatches((state) => state.batches);
  const active = Object.values(runs).filter(isMigration);
  const waiting = batches.flatMap(({ members }) => members.filter(({ state }) => state === 'waiting'));
  if (active.length < 2 && waiting.length === 0) return null;
  const words = migrationQueueWords([
    { members: [...waiting, ...active.map(() => ({ state: 'running' as const }))] },
  ]);
  const progress = active.reduce((sum, run) => sum + run.progress, 0) / Math.max(1, active.length);
  return (
    <>
      <button
        type="button"
        className={`${styles.statusItem} ${styles.statusButton}`}
        onClick={() => goTo('migrations')}
      >
        {words}
      </button>
      {active.length > 1 ? <ProgressBar value={progress} label="Migrations" tone="warning" /> : null}
    </>
  );
}
