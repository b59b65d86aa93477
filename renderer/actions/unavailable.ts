import { gapWords } from '#shared/fleet/gap.ts';
import type { Capability, Controller, Fleet, PrimaryController } from '#shared/fleet/schema.ts';
import { functionAddress } from '#shared/fleet/selectors.ts';

/** Why something cannot be done now, in a sentence that people read; null: it can. */
export type Reason = string | null;

/** Why the host of an object does not do this, or why nothing can be changed at all. */
export function hostReason(fleet: Fleet, hostId: string, capability: HostCapability): Reason {
  return fleet.source.readOnly ?? capabilityReason(fleet.hosts[hostId]?.capabilities[capability]);
}
type HostCapability = 'changeControllers' | 'changePci' | 'virtualMachines' | 'virtualSubsystems';

/** Why a primary controller, undefined where it is not known, has no virtual subsystems. */
export function virtualSubsystemReason(fleet: Fleet, primary: Controller | undefined): Reason {
  return (
    fleet.source.readOnly ??
    (primary?.role === 'primary' ? capabilityReason(primary.virtualSubsystems) : null)
  );
}

/** Undefined where the host is not in the fleet. */
function capabilityReason(capability: Capability | undefined): Reason {
  if (capability === undefined) return 'The host is unknown.';
  return capability.available ? null : capability.reason;
}

/** Why the host cannot act on the PCI function of a controller. */
export function functionReason(controller: Controller): Reason {
  return functionAddress(controller) === null
    ? 'The host cannot see its PCI function: it is hidden or not enabled.'
    : null;
}

/** Why a controller has no flexible resources of its own to change. */
export function flexibleReason(fleet: Fleet, controller: Controller): Reason {
  const primary = controller.role === 'secondary' ? fleet.controllers[controller.primaryId] : controller;
  const flexible = primary?.role === 'primary' && (primary.vq.supported || primary.vi.supported);
  const gap = primary?.role === 'primary' ? primary.vq.gap : undefined;
  if (gap !== undefined) return `Primary Controller Capabilities: ${gapWords(gap)}.`;
  return flexible
    ? null
    : 'The primary controller has no flexible resources; its secondaries have fixed ones.';
}

/** Why a primary controller has no count of virtual functions. */
export function vfCountReason(primary: PrimaryController): Reason {
  return primary.totalVfs === 0 ? 'It does not support SR-IOV; it provisions functions instead.' : null;
}
