import type { Fleet } from '../../fleet/schema.ts';
import { checkCompatibility } from '../../migration/checks/compatibility.ts';
import { defaultMigrationOptions } from '../../migration/default-options.ts';
import { proposeMapping } from '../../migration/mapping.ts';
import type { MigrationRequest } from '../../migration/request.ts';
import { lookUpMigration } from '../../migration/subject.ts';
import { candidatesFor, missingDevices } from './candidates.ts';
import { bySize, tryAll } from './find-remedies.ts';
import type { PathToAble, Remedy } from './remedy.ts';

/** After so many changes a person should look again. */
const mostChanges = 6;

/**
 * What would make a host able to take a virtual machine: changes one after the other, each the smallest that helps on the
 * fleet that the ones before it fleetAfterPlan.
 */
export function pathToAble(fleet: Fleet, virtualMachineId: string, hostId: string): PathToAble {
  const remedies: Remedy[] = [];
  let now = fleet;
  for (;;) {
    const request = bestRequest(now, virtualMachineId, hostId);
    const subject = lookUpMigration(now, request);
    const compatibility = checkCompatibility(now, request);
    const lacks = costOf(missingDevices(subject), compatibility.errors);
    const failed = compatibility.checks.filter(({ verdict }) => verdict === 'error');
    if (lacks === 0) return { remedies, able: true, remaining: [] };
    const outcomes =
      fleet.source.readOnly !== null || remedies.length === mostChanges
        ? []
        : tryAll(now, request, candidatesFor(subject, failed)).flatMap((trial) =>
            trial.kind === 'tried' ? trial.outcomes : [],
          );
    const [best] = outcomes
      .filter(({ remedy }) => remedy.kind === 'change')
      .map((outcome) => ({
        outcome,
        cost: costOf(missingDevices({ ...subject, request: outcome.request }), outcome.after.errors),
      }))
      .filter(({ cost }) => cost < lacks)
      .sort((one, other) => bySize(one.outcome.remedy, other.outcome.remedy) || one.cost - other.cost);
    if (best === undefined) {
      const remaining = failed.map(({ title, evidence, fix }) => ({ reason: `${title}: ${evidence}`, fix }));
      return { remedies, able: false, remaining };
    }
    remedies.push(best.outcome.remedy);
    now = best.outcome.fleet;
  }
}

function bestRequest(fleet: Fleet, virtualMachineId: string, destinationHostId: string): MigrationRequest {
  const { devices } = proposeMapping(fleet, virtualMachineId, destinationHostId);
  return { virtualMachineId, destinationHostId, devices, options: defaultMigrationOptions, acknowledged: [] };
}

/** A device without a destination weighs more than any check about those that have one. */
function costOf(missing: number, errors: number): number {
  return missing * 1000 + errors;
}
