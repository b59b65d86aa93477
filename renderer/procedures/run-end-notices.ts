import { useEffect } from 'react';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { useRuns } from '../fleet-mirror/runs-store.ts';
import { useMigrationView } from '../migration/migration-view-store.ts';
import { useNavigation } from '../navigation.ts';
import { notifyRunEnd } from './intents.ts';

/** Tells the end of every procedure that was seen running in this window. */
export function useRunEndNotices(): void {
  useEffect(
    () =>
      useRuns.subscribe((state, before) => {
        for (const id of state.order) {
          const run = state.runs[id];
          const old = before.runs[id];
          if (run === undefined || run === old || isActive(run)) continue;
          // Short procedures may be over with their first message; those that were read from the history are older.
          const ended = old === undefined ? Date.now() - (run.endedAt ?? 0) < 3000 : isActive(old);
          if (ended && !showsResult(id)) notifyRunEnd(run);
        }
      }),
    [],
  );
}

/** Whether the result of the run is on the screen; a notice beside it would only cover its buttons. */
function showsResult(runId: string): boolean {
  const { view } = useMigrationView.getState();
  return useNavigation.getState().screen === 'migrations' && view.kind === 'run' && view.runId === runId;
}
