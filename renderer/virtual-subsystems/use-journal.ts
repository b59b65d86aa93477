import { virtualSubsystemIdOf } from '#shared/fleet/ids.ts';
import type { ResponseOf } from '#shared/ipc/contract.ts';
import { type RequestState, useRequest } from '../bridge/use-request.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { type RunsState, useRuns } from '../fleet-mirror/runs-store.ts';

/** The journal's answer, its lists empty until it is there. */
export type SubsystemJournal = ResponseOf<'virtual-subsystem:journal'> &
  Pick<RequestState<unknown>, 'error' | 'reload'>;

/** What the journal knows of virtual subsystems; asked again when a run ends, and when the fleet lists others. */
export function useSubsystemJournal(): SubsystemJournal {
  const runs = useRuns(endedRuns);
  const fleet = useFleetMirror((mirror) => mirror.fleet);
  const answer = useRequest('virtual-subsystem:journal', {}, runs);
  const value = answer.value;
  const existing = fleet?.virtualSubsystems ?? {};
  return {
    error: answer.error,
    reload: answer.reload,
    deletions: (value?.deletions ?? []).filter(
      ({ primaryId, nqn }) => !(virtualSubsystemIdOf(primaryId, nqn) in existing),
    ),
    releases: value?.releases ?? [],
    remains: value?.remains ?? [],
  };
}

/** Changes when a run ends, is undone or disappears. */
function endedRuns({ runs, order }: RunsState): string {
  return order.map((id) => `${id}:${runs[id]?.status}:${runs[id]?.undoneBy ?? ''}`).join(' ');
}
