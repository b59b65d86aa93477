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

// UNVMCAP follows what Namespace Management does. The bytes of a captured device speak of another capacity and stay.
function showFreeCapacity({ subsystem }: SimulatedController, bytes: Uint8Array): void {
  if (!subsystem.profile.managesNamespaces) return;
  const view = new DataView(bytes.buffer);
  if (view.getBigUint64(totalCapacityOffset, true) !== subsystem.capacityBytes) return;
  view.setBigUint64(freeCapacityOffset, subsystem.capacityBytes - subsystem.usedBytes, true);
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

/**
 * Whether a member of a virtual subsystem must not answer what depends on a capability: `bit` of the byte at `offset` of
 * Identify Controller. Hardware that answers more than it announces would tell the guest which hardware it is on.
 */
export function isHidden(controller: SimulatedController, offset: number, bit: number): boolean {
  if (virtualIdentityOf(controller) === undefined) return false;
  return ((shownTemplate(controller)[offset] ?? 0) & (1 << bit)) === 0;
}
