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
} from '../../state/controller.ts';
import type { ResourcePool } from '../../state/resource-pool.ts';

const minimumQueues = 2;
const minimumInterrupts = 1;

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
  const waits = primary.subsystem.onlineNeedsReset && part.vfn > 0 && secondary.isFunctionEnabled;
  part.resetPending = waits && part.vq + part.vi > 0;
  return completionOf('success', { dw0: definition.result.encode({ nrm: count }) });
}

function bringOnline(primary: SimulatedPrimary, cntlid: number): AdminCompletion {
  const secondary = secondaryOf(primary, cntlid);
  if (!secondary) return completionOf('invalidControllerIdentifier');
  const { part } = secondary;
  const { vq, vi } = primary.part;
  const hasResources =
    (!vq.isFlexible || part.vq >= minimumQueues) && (!vi.isFlexible || part.vi >= minimumInterrupts);
  if (!hasResources || part.resetPending || !secondary.isFunctionEnabled || !primary.isEnabled)
    return completionOf('invalidSecondaryControllerState');
  part.online = true;
  return completionOf('success');
}

function secondaryOf(primary: SimulatedPrimary, cntlid: number): SimulatedSecondary | undefined {
  const found = primary.subsystem.controllers.get(cntlid);
  return found?.part.kind === 'secondary' && found.part.primary === primary
    ? (found as SimulatedSecondary)
    : undefined;
}
