import type { Fleet } from '../../fleet/schema.ts';
import { controllerFullTitle, controllerTitle, hostTitle } from '../../fleet/selectors.ts';

/** `VF 12`; the id when the controller is gone. */
export function titleOf(fleet: Fleet, controllerId: string): string {
  const found = fleet.controllers[controllerId];
  return found === undefined ? controllerId : controllerTitle(found);
}

/** `hv-a/nvme1 VF 12`, for steps between two hosts; the id when the controller is gone. */
export function fullTitleOf(fleet: Fleet, controllerId: string): string {
  const found = fleet.controllers[controllerId];
  return found === undefined ? controllerId : controllerFullTitle(fleet, found);
}

/** `hv-b:db-primary` in its two parts. Host ids hold no colon, names may. */
export function machineParts(virtualMachineId: string): { readonly hostId: string; readonly name: string } {
  const colon = virtualMachineId.indexOf(':');
  return { hostId: virtualMachineId.slice(0, Math.max(0, colon)), name: virtualMachineId.slice(colon + 1) };
}

/** `db-primary on hv-b` */
export function machineTitle(fleet: Fleet, virtualMachineId: string): string {
  const { hostId, name } = machineParts(virtualMachineId);
  const machine = fleet.virtualMachines[virtualMachineId];
  return `${machine?.name ?? name} on ${hostTitle(fleet, machine?.hostId ?? hostId)}`;
}
