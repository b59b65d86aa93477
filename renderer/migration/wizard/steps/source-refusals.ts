import type { Fleet, VirtualMachine } from '#shared/fleet/schema.ts';
import { findSecondary } from '#shared/fleet/selectors.ts';

/** Why a virtual machine cannot be moved at all, wherever to; empty when it can. */
export function sourceRefusals(fleet: Fleet, machine: VirtualMachine): string[] {
  const reasons: string[] = [];
  const devices = machine.deviceIds.flatMap((id) => findSecondary(fleet, id) ?? []);
  if (devices.length === 0) {
    reasons.push('It has no secondary controller. Assign one in the topology first.');
  }
  if (machine.state === 'incoming') reasons.push('It is already being migrated.');
  if (machine.state === 'stopped') reasons.push('It is stopped: there is no state to move. Start it first.');
  const host = fleet.hosts[machine.hostId];
  for (const capability of [host?.capabilities.vfioMigration, host?.capabilities.virtualMachines]) {
    if (capability !== undefined && !capability.available) reasons.push(capability.reason);
  }
  return [...new Set(reasons)];
}
