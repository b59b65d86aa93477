import type { FileVirtualSubsystem } from '#shared/fleet-file/controller-schema.ts';
import type { ExposedCapability } from '#shared/nvme/layouts/virtual-subsystem-capabilities.ts';
import {
  blankVirtualSubsystemIdentity,
  type VirtualSubsystemIdentity,
  virtualIdentityOverrides,
} from '#shared/nvme/layouts/virtual-subsystem-identity.ts';
import { exposedFromWire, exposedToWire } from '#shared/virtual-subsystem/exposed-capability.ts';

/** A virtual subsystem of a controlling function (proposal, not in the ratified specification). */
export interface VirtualSubsystemState {
  readonly vsid: number;
  identity: VirtualSubsystemIdentity;
  /** Virtual controller identifier of the controlling function. */
  readonly primaryVirtualId: number;
  /** Virtual controller identifiers by physical CNTLID. */
  readonly members: Map<number, number>;
  exposedCapabilities: readonly ExposedCapability[];
}

export function virtualSubsystemFromFile(file: FileVirtualSubsystem, vsid: number): VirtualSubsystemState {
  const { serialNumber, modelNumber, firmwareRevision, ieee, fguid } = file.identity;
  const bits = virtualIdentityOverrides;
  return {
    vsid,
    identity: {
      ...blankVirtualSubsystemIdentity(),
      vnqn: file.nqn,
      sn: serialNumber.padEnd(20),
      mn: modelNumber.padEnd(40),
      fr: firmwareRevision.padEnd(8),
      ieee: ieee ?? 0,
      fguid: fguid === '' ? blankVirtualSubsystemIdentity().fguid : dashed(fguid),
      ovr:
        (serialNumber === '' ? 0 : bits.sn) |
        (modelNumber === '' ? 0 : bits.mn) |
        (firmwareRevision === '' ? 0 : bits.fr) |
        (ieee === undefined ? 0 : bits.ieee) |
        (fguid === '' ? 0 : bits.fguid),
    },
    primaryVirtualId: file.primaryVirtualId,
    members: new Map(file.members.map((member) => [member.cntlid, member.virtualControllerId])),
    exposedCapabilities: file.exposedCapabilities.map(exposedToWire),
  };
}

export function virtualSubsystemToFile(state: VirtualSubsystemState): FileVirtualSubsystem {
  const { identity } = state;
  const bits = virtualIdentityOverrides;
  const text = (bit: number, value: string) => ((identity.ovr & bit) === 0 ? '' : value.trimEnd());
  return {
    vsid: state.vsid,
    nqn: identity.vnqn,
    primaryVirtualId: state.primaryVirtualId,
    identity: {
      serialNumber: text(bits.sn, identity.sn),
      modelNumber: text(bits.mn, identity.mn),
      firmwareRevision: text(bits.fr, identity.fr),
      ...((identity.ovr & bits.ieee) === 0 ? {} : { ieee: identity.ieee }),
      fguid: text(bits.fguid, identity.fguid.replaceAll('-', '')),
    },
    exposedCapabilities: state.exposedCapabilities.map(exposedFromWire),
    members: [...state.members].map(([cntlid, virtualControllerId]) => ({ cntlid, virtualControllerId })),
  };
}

function dashed(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
