import { useMemo } from 'react';
import type { ResponseOf, RunSummary } from '#shared/ipc/contract.ts';
import { type RequestState, useRequest } from '../bridge/use-request.ts';
import { runsVersion, useRuns } from '../fleet-mirror/runs-store.ts';

/** More are not listed; the journal keeps them. */
const historyLimit = 500;

/** The journal's runs, newest first; asked again when a run appears, ends or is undone. */
export function useHistory(): RequestState<ResponseOf<'history:list'>> & {
  readonly runs: readonly RunSummary[];
} {
  const version = useRuns(runsVersion);
  const answer = useRequest('history:list', { limit: historyLimit }, version);
  const runs = useMemo(
    () => [...(answer.value?.runs ?? [])].sort((a, b) => b.startedAt - a.startedAt),
    [answer.value],
  );
  return { ...answer, runs };
}
