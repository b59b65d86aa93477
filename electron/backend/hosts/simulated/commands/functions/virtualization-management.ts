import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  virtualizationActions as actions,
  virtualizationManagement as definition,
  resourceTypes,
} from '#shared/nvme/commands/virtualization-management.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { setOffline } from '../../controller/resets.ts';
import {
  isPrimary,
  type SimulatedController,
  type SimulatedPrimary,
  type SimulatedSecondary,
  secondaryOf,
} from '../../state/controller.ts';
import type { ResourcePool } from '../../state/resource-pool.ts';

/** What a secondary controller needs at least of each type that is flexible (NVMe Base 2.1, 8.2.6.3). */
export const leastResources = { vq: 2, vi: 1 } as const;

/** Virtualization Management (NVMe Base 2.1, 5.2.6; rules in 8.2.6). */
export function virtualizationManagement(
  controller: SimulatedController,
  command: AdminCommand,
): AdminCompletion {
  if (!isPrimary(controller)) return completionOf(controller.subsystem.profile.virtualizationElsewhere);
  const { cntlid, rt, act, nr } = definition.decode(command);
  if (rt > resourceTypes.virtualInterrupt.value) return completionOf('invalidResourceIdentifier');
  const pool = rt === resourceTypes.virtualQueue.value ? controller.part.vq : controller.part.vi;
  switch (act) {
    case actions.primaryAllocation.value:
      return allocateToPrimary(controller, cntlid, pool, nr);
    case actions.secondaryAssign.value:
      return assign(controller, cntlid, rt, nr);
    case actions.secondaryOnline.value:
      return bringOnline(controller, cntlid);
    case actions.secondaryOffline.value: {
      const secondary = secondaryOf(controller, cntlid);
      if (!secondary) return completionOf('invalidControllerIdentifier');
      setOffline(secondary);
      return completionOf('success');
    }
    default:
      return completionOf('invalidField');
  }
}

// Takes effect at the next Controller Level Reset other than a Controller Reset.
function allocateToPrimary(
  primary: SimulatedPrimary,
  cntlid: number,
  pool: ResourcePool,
  count: number,
): AdminCompletion {
  if (cntlid !== primary.cntlid) return completionOf('invalidControllerIdentifier');
  if (count > pool.total) return completionOf('invalidNumberOfResources');
  if (count > pool.total - pool.assigned) return completionOf('invalidResourceIdentifier');
  if (pool.isFlexible) pool.pendingAllocation = count;
  return completionOf('success', { dw0: definition.result.encode({ nrm: count }) });
}

function assign(primary: SimulatedPrimary, cntlid: number, rt: number, count: number): AdminCompletion {
  const secondary = secondaryOf(primary, cntlid);
  if (!secondary) return completionOf('invalidControllerIdentifier');
  const { part } = secondary;
  if (part.online) return completionOf('invalidSecondaryControllerState');
  const key = rt === resourceTypes.virtualQueue.value ? 'vq' : 'vi';
  const pool = primary.part[key];
  if (count > pool.secondaryMaximum) return completionOf('invalidNumberOfResources');
  if (count > pool.free + part[key]) return completionOf('invalidResourceIdentifier');
  pool.assigned += count - part[key];
  part[key] = count;
  part.resetPending = countsFromReset(secondary) && secondary.isFunctionEnabled && part.vq + part.vi > 0;
  return completionOf('success', { dw0: definition.result.encode({ nrm: count }) });
}

/** Whether what is assigned while its function is enabled counts only from a reset of that function on. */
export function countsFromReset({ subsystem, part }: SimulatedSecondary): boolean {
  return subsystem.onlineNeedsReset && part.vfn > 0;
}

function bringOnline(primary: SimulatedPrimary, cntlid: number): AdminCompletion {
  const secondary = secondaryOf(primary, cntlid);
  if (!secondary) return completionOf('invalidControllerIdentifier');
  if (Object.values(obstaclesOf(secondary)).includes(true))
    return completionOf('invalidSecondaryControllerState');
  secondary.part.online = true;
  return completionOf('success');
}

/** What keeps a secondary controller from going online; `refusals/bring-online.ts` says of each what helps. */
export function obstaclesOf({ part, isFunctionEnabled }: SimulatedSecondary) {
  const { primary } = part;
  return {
    primaryDisabled: !primary.isEnabled,
    functionMissing: !isFunctionEnabled,
    tooFewQueues: !isEnough(primary, 'vq', part.vq),
    tooFewInterrupts: !isEnough(primary, 'vi', part.vi),
    resetPending: part.resetPending,
  } as const;
}

/** Whether a secondary controller works with so many resources of this type. */
export function isEnough(
  { part }: SimulatedPrimary,
  key: keyof typeof leastResources,
  count: number,
): boolean {
  return !part[key].isFlexible || count >= leastResources[key];
}
