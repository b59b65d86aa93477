import type { Fleet } from '../fleet/schema.ts';
import { lookUp } from '../tables.ts';
import type { DestinationOption } from './checks/check.ts';
import { checkCompatibility } from './checks/compatibility.ts';
import { defaultMigrationOptions } from './default-options.ts';
import { proposeMapping } from './mapping.ts';

/**
 * Every host of the fleet as a destination for a virtual machine, judged by its best mapping. Refused hosts stay in the
 * list with all their reasons, the host where the machine runs among them.
 */
export function destinationOptions(fleet: Fleet, virtualMachineId: string): DestinationOption[] {
  const machine = lookUp(fleet.virtualMachines, virtualMachineId);
  return Object.values(fleet.hosts).map((host) => {
    if (machine === undefined)
      return { hostId: host.id, eligible: false, reasons: ['The virtual machine is not in the fleet'] };
    if (host.id === machine.hostId)
      return { hostId: host.id, eligible: false, reasons: [`${machine.name} already runs here`] };
    const { devices, unmapped } = proposeMapping(fleet, virtualMachineId, host.id);
    const reasons =
      unmapped.length > 0 ? [missingControllers(machine.deviceIds.length, unmapped.length)] : [];
    const request = {
      virtualMachineId,
      destinationHostId: host.id,
      devices,
      options: defaultMigrationOptions,
      acknowledged: [],
    };
    // Without any device the checks about devices say nothing; the ones about the hosts still do.
    for (const check of checkCompatibility(fleet, request).checks)
      if (
        check.verdict === 'error' &&
        !(unmapped.length > 0 && check.id.startsWith('resources.every-device:'))
      )
        reasons.push(`${check.title}: ${check.evidence}`);
    return { hostId: host.id, eligible: reasons.length === 0, reasons: [...new Set(reasons)] };
  });
}

function missingControllers(needed: number, missing: number): string {
  return `Free secondary controllers: none under a primary controller of this host for ${missing} of ${needed} controllers`;
}
