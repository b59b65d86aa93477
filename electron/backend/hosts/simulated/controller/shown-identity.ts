import { announcements, isAnnouncedIn } from '#shared/nvme/announcements/announcements.ts';
import type { SimulatedController } from '../state/controller.ts';
import { virtualIdentityOf } from './virtual-identity.ts';

const controllerIdentifierOffset = 78;
const totalCapacityOffset = 280;
const freeCapacityOffset = 296;

/** Identify Controller (CNS 01h): the hardware's own, or that of the virtual subsystem that it belongs to. */
export function identifyController(controller: SimulatedController): Uint8Array {
  const bytes = controller.identifyTemplate.slice();
  const cntlid = shownControllerId(controller);
  bytes[controllerIdentifierOffset] = cntlid & 0xff;
  bytes[controllerIdentifierOffset + 1] = cntlid >> 8;
  showFreeCapacity(controller, bytes);
  virtualIdentityOf(controller)?.apply(bytes);
  return bytes;
}

// UNVMCAP follows what Namespace Management does. A drive that does not tell its capacity tells nothing of what is free,
// and what was recorded of one that cannot change it stays.
function showFreeCapacity({ subsystem }: SimulatedController, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer);
  const total = view.getBigUint64(totalCapacityOffset, true);
  const follows =
    total === subsystem.capacityBytes || isAnnouncedIn(bytes, announcements.namespaceManagement);
  if (total === 0n || !follows) return;
  const free = subsystem.capacityBytes - subsystem.usedBytes;
  view.setBigUint64(freeCapacityOffset, free > 0n ? free : 0n, true);
}

/** The controller identifier that the controller goes by. */
export function shownControllerId(controller: SimulatedController): number {
  return virtualIdentityOf(controller)?.virtualControllerId ?? controller.cntlid;
}

/** Identify Controller without its CNTLID, as fast as possible where no virtual subsystem narrows it. */
export function shownTemplate(controller: SimulatedController): Uint8Array {
  return virtualIdentityOf(controller) === undefined
    ? controller.identifyTemplate
    : identifyController(controller);
}
