import {
  isPrimary,
  isSecondary,
  type SimulatedController,
  type SimulatedPrimary,
  type SimulatedSecondary,
} from '../state/controller.ts';

const noQueue = { aqa: 0, asq: 0n, acq: 0n } as const;

/** The resets of NVMe Base 2.1, 3.7; every one but `controller` applies a pending primary allocation. */
export type ResetKind = 'controller' | 'function' | 'subsystem' | 'power';

/**
 * A Controller Level Reset: queues, outstanding commands and volatile features are gone, suspension ends, a Set
 * Controller State sequence is dropped. Of a primary it also takes every secondary offline.
 */
export function resetController(controller: SimulatedController, kind: ResetKind): void {
  const { aqa, asq, acq } = controller.hasLiveState ? controller.live.properties : noQueue;
  controller.clear();
  // A Controller Reset alone keeps where the admin queue is.
  if (kind === 'controller' && aqa > 0)
    controller.live.properties = { ...controller.live.properties, aqa, asq, acq };
  if (isSecondary(controller) && kind !== 'controller') controller.part.resetPending = false;
  if (!isPrimary(controller)) return;
  // A function that needs nothing of its primary goes on; 8.2.6 knows no such device, hence a profile of its own.
  const { functionsOutlivePrimary } = controller.subsystem.profile;
  for (const secondary of controller.part.secondaries)
    if (isSecondary(secondary) && !functionsOutlivePrimary) setOffline(secondary);
  if (kind === 'controller') return;
  controller.part.vq.applyPendingAllocation();
  controller.part.vi.applyPendingAllocation();
  if (!controller.subsystem.profile.controllersFollowFunctions) return;
  // Such a device drops its virtual functions with the reset. The kernel finds VF Enable still set and does not write
  // it again, so they are gone until sriov_numvfs is written anew, although the kernel still counts them.
  setPresentFunctions(controller, 0);
}

/** Takes a secondary offline: its flexible resources return to the pool, its state is lost, attachments stay. */
export function setOffline(secondary: SimulatedSecondary): void {
  const { part } = secondary;
  const { vq, vi } = part.primary.part;
  vq.assigned -= part.vq;
  vi.assigned -= part.vi;
  part.vq = 0;
  part.vi = 0;
  part.online = false;
  part.resetPending = false;
  secondary.clear();
}

/** A virtual function that appears is migratable and visible: hosts that do not know Function Management go on working. */
export function resetFunctionState(secondary: SimulatedSecondary): void {
  secondary.part.migrationEnabled = true;
  secondary.part.visible = true;
}

/** Writes NumVFs and VF Enable. Secondaries whose function goes away go offline. */
export function setFunctionCount(primary: SimulatedPrimary, count: number): void {
  primary.part.numVfs = count;
  setPresentFunctions(primary, count);
}

function setPresentFunctions(primary: SimulatedPrimary, count: number): void {
  const { part, subsystem } = primary;
  const before = part.presentVfs;
  const follow = subsystem.profile.controllersFollowFunctions;
  part.presentVfs = count;
  for (const secondary of part.secondaries) {
    if (!isSecondary(secondary)) continue;
    const { vfn } = secondary.part;
    // Where the controller follows its function, one that was not there has nothing to lose.
    if (vfn > count && (vfn <= before || !follow)) setOffline(secondary);
    if (vfn > count) resetFunctionState(secondary);
    if (vfn > before) secondary.part.resetPending = false;
    if (!follow) continue;
    // Such a device makes the controller when its function appears, with the namespaces that new ones get.
    for (const namespace of subsystem.namespaces.values()) {
      if (vfn > count) namespace.attachedTo.delete(secondary.cntlid);
      else if (vfn > before && namespace.isShared && namespace.file.attachedToNewFunctions)
        namespace.attachedTo.add(secondary.cntlid);
    }
  }
}
