import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { BerthError } from '#shared/result.ts';
import { useRequest } from '../bridge/use-request.ts';
import { useRuns } from '../fleet-mirror/runs-store.ts';

/** A run as far as it was read. */
export interface RunState {
  readonly run: ProcedureRun | null;
  readonly error: BerthError | null;
  readonly loading: boolean;
  readonly reload: () => void;
}

/** One run by id: live where it is mirrored, otherwise read from the journal. */
export function useRun(runId: string | null): RunState {
  const live = useRuns((state) => (runId === null ? undefined : state.runs[runId]));
  const stored = useRequest('history:get', runId === null || live !== undefined ? null : { runId });
  if (live !== undefined) return { run: live, error: null, loading: false, reload: stored.reload };
  // The answer to the run before stays until the new one is there; it must not show under the new id.
  const matches = stored.value !== null && stored.value.id === runId;
  return {
    run: matches ? stored.value : null,
    error: stored.error,
    loading: stored.loading,
    reload: stored.reload,
  };
}
