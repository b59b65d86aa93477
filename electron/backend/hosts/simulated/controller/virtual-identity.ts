import {
  encodeVirtualSubsystemIdentity,
  virtualIdentityOverrides,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-identity.ts';
import { exposedFromWire } from '#shared/virtual-subsystem/mask/exposed-capability.ts';
import { narrow } from '#shared/virtual-subsystem/mask/narrow.ts';
import { isSecondary, type SimulatedController } from '../state/controller.ts';
import type { VirtualSubsystemState } from '../state/virtual-subsystem.ts';

/** Where its fields stand in the virtual identity and in Identify Controller: from, to, length, override bit. */
const places = [
  { from: 256, to: 4, length: 20, bit: virtualIdentityOverrides.sn },
  { from: 276, to: 24, length: 40, bit: virtualIdentityOverrides.mn },
  { from: 316, to: 64, length: 8, bit: virtualIdentityOverrides.fr },
  { from: 324, to: 73, length: 3, bit: virtualIdentityOverrides.ieee },
  { from: 328, to: 112, length: 16, bit: virtualIdentityOverrides.fguid },
  { from: 344, to: 0, length: 2, bit: virtualIdentityOverrides.pci },
  { from: 348, to: 2, length: 2, bit: virtualIdentityOverrides.pci },
] as const;
const subsystemNqn = { to: 768, length: 256 } as const;

/** What a member of a virtual subsystem shows instead of its own identity. */
export interface SimulatedVirtualIdentity {
  readonly virtualControllerId: number;
  readonly virtualSubsystem: VirtualSubsystemState;
  /** Writes identity and narrowed capabilities into Identify Controller. */
  apply(identifyController: Uint8Array): void;
}

/** The virtual identity of a secondary that is a member of a virtual subsystem, otherwise undefined. */
export function virtualIdentityOf(controller: SimulatedController): SimulatedVirtualIdentity | undefined {
  if (!isSecondary(controller)) return undefined;
  for (const virtualSubsystem of controller.part.primary.part.virtualSubsystems.values()) {
    const virtualControllerId = virtualSubsystem.members.get(controller.cntlid);
    if (virtualControllerId !== undefined)
      return {
        virtualControllerId,
        virtualSubsystem,
        apply: (bytes) => applyIdentity(virtualSubsystem, bytes),
      };
  }
  return undefined;
}

function applyIdentity(virtualSubsystem: VirtualSubsystemState, bytes: Uint8Array): void {
  const { identity } = virtualSubsystem;
  const encoded = encodeVirtualSubsystemIdentity(identity);
  // Only identities that decoded are ever stored.
  if (!encoded.ok) throw new Error(encoded.error.message);
  bytes.set(encoded.value.subarray(0, subsystemNqn.length), subsystemNqn.to);
  for (const { from, to, length, bit } of places)
    if ((identity.ovr & bit) !== 0) bytes.set(encoded.value.subarray(from, from + length), to);
  bytes.set(narrow(bytes, virtualSubsystem.exposedCapabilities.map(exposedFromWire)));
}
