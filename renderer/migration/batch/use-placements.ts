import { useMemo } from 'react';
import { useRequest } from '../../bridge/use-request.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { useThrottled } from '../../ui/use-throttled.ts';
import type { BatchDraft } from './batch-draft.ts';

/** Milliseconds between two looks for places while the fleet goes on changing. */
const placementPause = 1500;

/** Where each would go; looked for again when a choice or the fleet has changed. */
export function usePlacements({ what, chosen, options }: BatchDraft) {
  const revision = useThrottled(
    useFleetMirror((mirror) => mirror.revision),
    placementPause,
  );
  const request = useMemo(() => {
    if (what.kind === 'machines' && what.virtualMachineIds.length === 0) return null;
    return {
      what:
        what.kind === 'evacuate' ? what : { kind: what.kind, virtualMachineIds: [...what.virtualMachineIds] },
      options,
      chosen: Object.entries(chosen).map(([virtualMachineId, destinationHostId]) => ({
        virtualMachineId,
        destinationHostId,
      })),
    };
  }, [what, chosen, options]);
  return useRequest('batch:place', request, revision);
}

/** What is known of the places. */
export type Placed = ReturnType<typeof usePlacements>;
