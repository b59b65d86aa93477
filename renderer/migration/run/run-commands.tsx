import { useMemo } from 'react';
import { suffixedHexadecimal } from '#shared/hexadecimal.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { useTrace } from '../../fleet-mirror/trace-store.ts';
import { goTo } from '../../navigation.ts';
import { isTraceError, statusText } from '../../trace/commands/trace-filter.ts';
import { traceTime } from '../../trace/commands/trace-time.ts';
import { Card } from '../../ui/content/small.tsx';
import { Button } from '../../ui/controls/button.tsx';
import styles from '../migration.module.css';

/** As many as fit without scrolling: what is older belongs to the dock. */
const shownCommands = 9;

/** The newest admin commands on the two hosts since the start; the dock has all of them. */
export function RunCommands({ run, facts }: { readonly run: ProcedureRun; readonly facts: MigrationFacts }) {
  const entries = useTrace((state) => state.entries);
  const { sourceHostId, destinationHostId } = facts;
  const shown = useMemo(
    () =>
      entries
        .filter((entry) => entry.at >= since(run, entry.simulatedTime))
        .filter((entry) => entry.hostId === sourceHostId || entry.hostId === destinationHostId)
        .slice(-shownCommands),
    [entries, run, sourceHostId, destinationHostId],
  );
  return (
    <Card
      className={styles.commandsCard}
      label="Commands as they happen"
      aside={
        <Button kind="link" onClick={() => goTo('commands')}>
          All commands
        </Button>
      }
    >
      {shown.length === 0 ? (
        <p className={styles.noCommands}>No admin command has been sent yet.</p>
      ) : (
        <ol className={styles.commandList}>
          {shown.map((entry) => (
            <li key={entry.sequence} className={styles.commandLine}>
              <span className="mute">{traceTime(entry)}</span>
              <span>
                {entry.hostId}/{entry.controller}
              </span>
              <span className="mute">{suffixedHexadecimal(entry.opcode)}</span>
              <span>{entry.name}</span>
              <span className="mute">{entry.words}</span>
              <span className={isTraceError(entry) ? 'bad' : 'ok'}>{statusText(entry)}</span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

/** When the run started, on the clock of the trace. */
function since(run: ProcedureRun, simulated: boolean): number {
  return simulated ? (run.simulatedTime?.startedAt ?? 0) : run.startedAt;
}
