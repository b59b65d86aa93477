import type { Capability, Host, PrimaryFunctions, Problem, StateFormats } from '#shared/fleet/schema.ts';
import type { IdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import type { IdentifyNamespace } from '#shared/nvme/layouts/identify/identify-namespace.ts';
import type { NamespaceDescriptor } from '#shared/nvme/layouts/identify/namespace-descriptors.ts';
import type { PrimaryControllerCapabilities } from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import type { SecondaryControllerEntry } from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import type { FunctionListEntry } from '#shared/nvme/layouts/proposal/function-list.ts';
import type { VirtualSubsystemWire } from '#shared/nvme/layouts/proposal/virtual-subsystem.ts';
import type { OfferedCapabilitiesWire } from '#shared/nvme/layouts/proposal/virtual-subsystem-offered.ts';
import type { VfioState } from '#shared/vfio/device-state.ts';
import type { HostVirtualMachine, NvmeFunction } from '../../hosts/host-connection.ts';

/** What one namespace answered through one controller. */
export interface NamespaceReading {
  readonly nsid: number;
  /** CNS 00h, or 11h for a namespace that is not active on the controller that was asked. */
  readonly identify: IdentifyNamespace | null;
  /** CNS 03h; empty when it was refused. */
  readonly descriptors: readonly NamespaceDescriptor[];
  /** CNTLIDs that it is attached to (CNS 12h); null when the controller keeps no such list. */
  readonly attachedTo: readonly number[] | null;
  readonly problems: readonly Problem[];
}

/** What one controller answered; null for everything that it was not asked or did not answer. */
export interface ControllerReading {
  readonly identify: IdentifyController | null;
  /** Active NSIDs of this controller (CNS 02h). */
  readonly activeNamespaces: readonly number[] | null;
  readonly primary: PrimaryControllerCapabilities | null;
  readonly secondaries: readonly SecondaryControllerEntry[];
  readonly stateFormats: StateFormats | null;
  readonly virtualSubsystemSupport: Capability;
  readonly virtualSubsystems: readonly VirtualSubsystemWire[];
  /** What the secondaries of a controlling function can show. */
  readonly offered: OfferedCapabilitiesWire | null;
  readonly functionSupport: PrimaryFunctions;
  /** Functions that exist, as Function Receive lists them; null without that command. */
  readonly functions: readonly FunctionListEntry[] | null;
  readonly namespaces: readonly NamespaceReading[];
  /** Structures of Identify that were not answered, by CNS. */
  readonly unanswered: ReadonlyMap<number, 'refused' | 'not-recorded'>;
  /** The last command was not completed in time. */
  readonly isSilent: boolean;
  /** CNTLIDs of secondaries that are suspended, of those that were asked about. */
  readonly suspended: readonly number[];
  readonly problems: readonly Problem[];
}

export interface FunctionReading {
  readonly function: NvmeFunction;
  /** Null when the function has no admin queue of the host's (offline, vfio-pci, no driver). */
  readonly controller: ControllerReading | null;
  readonly vfioState: VfioState | null;
  readonly problems: readonly Problem[];
}

/** Everything that was read from one host. The fleet is assembled from the readings of all hosts. */
export interface HostReading {
  readonly host: Host;
  readonly functions: readonly FunctionReading[];
  readonly virtualMachines: readonly HostVirtualMachine[];
}
