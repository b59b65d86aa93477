import type { FileVirtualSubsystem } from '#shared/fleet-file/controller/controller-schema.ts';
import type { ExposedCapabilityWire } from '#shared/nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import type { VirtualSubsystemIdentity } from '#shared/nvme/layouts/proposal/virtual-subsystem-identity.ts';
import { identityFromWire, identityToWire } from '#shared/virtual-subsystem/identity/identity-wire.ts';
import { exposedFromWire, exposedToWire } from '#shared/virtual-subsystem/mask/exposed-capability.ts';

/** A virtual subsystem of a controlling function (proposal, not in the ratified specification). */
export interface VirtualSubsystemState {
  readonly vsid: number;
  identity: VirtualSubsystemIdentity;
  /** Virtual controller identifier of the controlling function. */
  readonly primaryVirtualId: number;
  /** Virtual controller identifiers by physical CNTLID. */
  readonly members: Map<number, number>;
  exposedCapabilities: readonly ExposedCapabilityWire[];
}

/** By VSID; one without takes the lowest that is free. */
export function virtualSubsystemsFromFile(
  files: readonly FileVirtualSubsystem[],
): Map<number, VirtualSubsystemState> {
  const made = new Map<number, VirtualSubsystemState>();
  const taken = new Set(files.map((virtual) => virtual.vsid));
  let next = 1;
  for (const file of files) {
    while (taken.has(next) || made.has(next)) next++;
    const vsid = file.vsid ?? next;
    made.set(vsid, virtualSubsystemFromFile(file, vsid));
  }
  return made;
}

function virtualSubsystemFromFile(file: FileVirtualSubsystem, vsid: number): VirtualSubsystemState {
  const { serialNumber, modelNumber, firmwareRevision, ieee, fguid, pci } = file.identity;
  return {
    vsid,
    identity: identityToWire(file.nqn, {
      ...{ serialNumber, modelNumber, firmwareRevision },
      ...(ieee === undefined ? {} : { ieee }),
      ...(fguid === '' ? {} : { fguid: dashed(fguid) }),
      ...(pci === undefined ? {} : { pci }),
    }),
    primaryVirtualId: file.primaryVirtualId,
    members: new Map(file.members.map((member) => [member.cntlid, member.virtualControllerId])),
    exposedCapabilities: file.exposedCapabilities.map(exposedToWire),
  };
}

export function virtualSubsystemToFile(state: VirtualSubsystemState): FileVirtualSubsystem {
  const { fguid = '', ...identity } = identityFromWire(state.identity);
  return {
    vsid: state.vsid,
    nqn: state.identity.vnqn,
    primaryVirtualId: state.primaryVirtualId,
    identity: { ...identity, fguid: fguid.replaceAll('-', '') },
    exposedCapabilities: state.exposedCapabilities.map(exposedFromWire),
    members: [...state.members].map(([cntlid, virtualControllerId]) => ({ cntlid, virtualControllerId })),
  };
}

function dashed(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
