import type { Fleet } from '../fleet/schema.ts';
import { lookUp } from '../tables.ts';
import type { Check, DestinationOption } from './checks/check.ts';
import { checkCompatibility } from './checks/compatibility.ts';
import { defaultMigrationOptions } from './default-options.ts';
import { proposeMapping } from './mapping.ts';
import { narrowFleet } from './narrowed-fleet.ts';
import { groupBy } from './subject.ts';

/**
 * Every host of the fleet as a destination for a virtual machine, judged by its best mapping. Refused hosts stay in the
 * list with all their reasons, the cause of others before them, the host where the machine runs among them.
 */
export function destinationOptions(fleet: Fleet, virtualMachineId: string): DestinationOption[] {
  const machine = lookUp(fleet.virtualMachines, virtualMachineId);
  const narrowed = narrowFleet(fleet);
  return Object.values(fleet.hosts).map((host) => {
    if (machine === undefined)
      return { hostId: host.id, eligible: false, reasons: ['The virtual machine is not in the fleet'] };
    if (host.id === machine.hostId)
      return { hostId: host.id, eligible: false, reasons: [`${machine.name} already runs here`] };
    const both = narrowed([machine.hostId, host.id]);
    const { devices, unmapped } = proposeMapping(both, virtualMachineId, host.id);
    const request = {
      virtualMachineId,
      destinationHostId: host.id,
      devices,
      options: defaultMigrationOptions,
      acknowledged: [],
    };
    const failed = checkCompatibility(both, request).checks.filter(
      ({ id, verdict }) =>
        verdict === 'error' &&
        // Without any device the checks about devices say nothing; the ones about the hosts still do.
        !(unmapped.length > 0 && id.startsWith('resources.every-device:')),
    );
    const ofHosts = failed.filter(isOfHosts);
    const reasons = [
      ...oneForEachCheck(ofHosts),
      ...(unmapped.length > 0 ? [missingControllers(machine.deviceIds.length, unmapped.length)] : []),
      ...oneForEachCheck(failed.filter((check) => !ofHosts.includes(check))),
    ];
    return { hostId: host.id, eligible: reasons.length === 0, reasons };
  });
}

/** What a host as a whole lacks explains what its devices lack, so it comes first. */
function isOfHosts({ id }: Check): boolean {
  return hostRules.some((rule) => id.startsWith(`environment.${rule}:`));
}

const hostRules = ['hosts', 'machine-running', 'vfio', 'machines', 'iommu', 'kernel', 'qemu'];

/** The same check fails in the same way for one device after the other: it is said once. */
function oneForEachCheck(failed: readonly Check[]): string[] {
  return [...groupBy(failed, ({ title }) => title).values()].map(([first, ...others]) =>
    first === undefined
      ? ''
      : `${first.title}: ${first.evidence}${others.length === 0 ? '' : ` (and ${others.length} more)`}`,
  );
}

function missingControllers(needed: number, missing: number): string {
  return `Free secondary controllers: none under a primary controller of this host for ${missing} of ${needed} controllers`;
}
