import { useEffect } from 'react';
import { forecastInForce } from '#shared/migration/pre-copy/round.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { client } from '../bridge/client.ts';
import { useRuns } from '../fleet-mirror/runs-store.ts';
import { showRun, useNavigation } from '../navigation.ts';
import { formatDuration } from '../ui/format.ts';
import { dismissNotice, notify, notifyError } from '../ui/overlays/notices.ts';
import { useMigrationView } from './migration-view-store.ts';

/** For what a migration waits that a person must say; null: for nothing. */
export function waitsForPerson({ status, migration }: ProcedureRun): 'holding' | 'not-converging' | null {
  const copied = status === 'running' ? migration?.preCopy : undefined;
  if (copied === undefined || copied.waitsForLow !== undefined) return null;
  return copied.state === 'holding' || copied.state === 'not-converging' ? copied.state : null;
}

/** Stops the guest of a migration that waits, and moves it. */
export async function goNow(runId: string): Promise<void> {
  const said = await client.call('migration:decide', { runId, decision: 'switch-over' });
  if (!said.ok) notifyError(said.error, 'The migration goes on as before');
}

/**
 * Says once that a migration waits for a person while nobody looks at it. What is left goes up and down meanwhile, so that it
 * may come to wait again and again: that is not said again.
 */
export function useDecisionNotices(): void {
  useEffect(() => {
    const told = new Set<string>();
    const look = () => {
      const shown = shownRun();
      for (const run of Object.values(useRuns.getState().runs)) {
        if (run.migration === null) continue;
        const id = `decision-${run.id}`;
        if (
          run.status !== 'running' ||
          run.id === shown ||
          run.migration.preCopy?.state === 'switching-over'
        ) {
          if (told.delete(`shown ${run.id}`)) dismissNotice(id);
          continue;
        }
        const waits = waitsForPerson(run);
        if (waits === null || told.has(`${waits} ${run.id}`)) continue;
        told.add(`${waits} ${run.id}`);
        told.add(`shown ${run.id}`);
        const pause = formatDuration(Math.max(1, Math.round(forecastInForce(run.migration))) * 1000);
        const { virtualMachineName: name } = run.migration;
        notify({
          ...{ id, tone: 'warning', stays: true },
          title:
            waits === 'holding'
              ? `${name} is held before its switch-over`
              : `The migration of ${name} does not converge`,
          text:
            waits === 'holding'
              ? `It goes on copying until you say go; it would stand still for about ${pause} now.`
              : `Decide how it goes on: it would stand still for about ${pause} now.`,
          action: { label: 'Open', name: `Open the migration of ${name}`, run: () => showRun(run.id, true) },
          otherAction: {
            label: `Go now (${pause})`,
            name: `Stop ${name} now and move it, for about ${pause}`,
            run: () => void goNow(run.id),
          },
        });
      }
    };
    look();
    const removers = [
      useRuns.subscribe(look),
      useNavigation.subscribe(look),
      useMigrationView.subscribe(look),
    ];
    return () => {
      for (const remove of removers) remove();
    };
  }, []);
}

/** The run whose view is open. */
function shownRun(): string | null {
  const { view } = useMigrationView.getState();
  return useNavigation.getState().screen === 'migrations' && view.kind === 'run' ? view.runId : null;
}
