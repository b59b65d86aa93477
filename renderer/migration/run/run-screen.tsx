import { isActive } from '#shared/procedure/run/is-active.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { RunDetails } from '../../history/run-details.tsx';
import { useRun } from '../../history/use-run.ts';
import { ErrorNotice, LoadingState } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import styles from '../migration.module.css';
import { showMigrationRun, showMigrations } from '../migration-view-store.ts';
import { ResultView } from './result-view.tsx';
import { RunView } from './run-view.tsx';

/** One migration: live while it runs, its result afterwards. */
export function RunScreen({ runId }: { readonly runId: string }) {
  const { run, error, reload } = useRun(runId);
  const fleet = useFleetMirror((mirror) => mirror.fleet);
  if (error !== null) {
    return (
      <div className={styles.page}>
        <ErrorNotice error={error} title="The migration could not be read" onRetry={reload} />
        <Button onClick={showMigrations}>All migrations</Button>
      </div>
    );
  }
  if (run === null || fleet === null) return <LoadingState>Reading the migration…</LoadingState>;
  // Every run can be asked for here, also one that was never a migration.
  if (run.migration === null) {
    return (
      <div className={styles.page}>
        <RunDetails run={run} onShow={showMigrationRun} />
      </div>
    );
  }
  return isActive(run) ? (
    <RunView run={run} facts={run.migration} fleet={fleet} />
  ) : (
    <ResultView run={run} facts={run.migration} fleet={fleet} />
  );
}
