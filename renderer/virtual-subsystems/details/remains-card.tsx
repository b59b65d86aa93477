import type { MigrationRemains } from '#shared/virtual-subsystem/life-cycle/remains.ts';
import { useRequest } from '../../bridge/use-request.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { showRun } from '../../navigation.ts';
import { stage } from '../../procedures/intents.ts';
import { CommandBox } from '../../ui/content/command-box.tsx';
import { Card } from '../../ui/content/small.tsx';
import { ErrorNotice } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import styles from './details.module.css';

/** What a migration left at its source, with the command lines that take it back and the procedure that runs them. */
export function RemainsCard({
  remains,
  readOnly,
}: {
  readonly remains: MigrationRemains;
  readonly readOnly: string | null;
}) {
  const revision = useFleetMirror((mirror) => mirror.revision);
  const { cleanUp: intent } = remains;
  const { value: plan, error } = useRequest('procedure:plan', { intent }, revision);
  // From the plan for the fleet as it is now: what somebody has cleaned up meanwhile is not in it.
  const lines = plan?.steps.flatMap(({ commandLines }) => commandLines) ?? [];
  return (
    <Card
      label={`Left at the source by “${remains.by}”`}
      aside={
        <Button kind="link" onClick={() => showRun(remains.runId, true)}>
          Show the migration
        </Button>
      }
    >
      <ul className={styles.remains}>
        {remains.what.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <CommandBox className={styles.commands} lines={lines} what="commands" />
      {error === null ? null : (
        <div className={styles.inset}>
          <ErrorNotice error={error} title="It cannot be cleaned up now" />
        </div>
      )}
      <div className={styles.cardActions}>
        <Button
          kind="primary"
          unavailable={readOnly ?? error?.message ?? (plan === null ? 'Planning…' : false)}
          onClick={() => stage(intent)}
        >
          Clean up…
        </Button>
        <span className="mute">
          Runs as one procedure with read-back; the controllers can then be reused.
        </span>
      </div>
    </Card>
  );
}
