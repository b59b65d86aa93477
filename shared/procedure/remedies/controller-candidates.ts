import { heldBy, resourcesFor } from '../../fleet/rules/resources.ts';
import { userOf } from '../../fleet/rules/secondary-use.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../../fleet/schema.ts';
import { controllerFullTitle, secondariesOf } from '../../fleet/selectors.ts';
import { functionExists } from '../../migration/destination-rules.ts';
import type { MigratingDevice } from '../../migration/subject.ts';
import { fleetChange, type RemedyCandidate } from './candidate.ts';

/** Changes of the destination's controllers that may make them fit. Nothing here touches what a guest has. */

/** Enough virtual functions for this one to exist. */
export function moreFunctions(fleet: Fleet, primary: PrimaryController, count: number): RemedyCandidate[] {
  const wanted = Math.min(count, primary.totalVfs);
  if (wanted <= primary.numVfs) return [];
  return [
    fleetChange(`Set the VF count of ${controllerFullTitle(fleet, primary)} to ${wanted}`, {
      ...{ kind: 'set-vf-count', primaryIds: [primary.id], count: wanted },
    }),
  ];
}

/** Takes controllers from the host or from a virtual subsystem; what a guest has stays. */
export function setFree(fleet: Fleet, secondaries: readonly SecondaryController[]): RemedyCandidate[] {
  return secondaries.flatMap((secondary) => {
    const user = userOf(fleet, secondary);
    const title = controllerFullTitle(fleet, secondary);
    if (user?.kind === 'host')
      return fleetChange(`Unbind the nvme driver from ${title}`, {
        ...{ kind: 'set-driver', controllerIds: [secondary.id], driver: null },
      });
    if (user?.kind === 'virtual-subsystem')
      return fleetChange(`Take ${title} out of ${user.nqn}`, {
        ...{ kind: 'remove-from-virtual-subsystem', secondaryIds: [secondary.id] },
      });
    return [];
  });
}

/** Ways to one more free controller under each of these primaries, the smallest change first. */
export function oneMoreFree(
  fleet: Fleet,
  primaries: readonly PrimaryController[],
  missing: number,
): RemedyCandidate[] {
  return primaries.flatMap((primary) => {
    const taken = secondariesOf(fleet, primary).filter(
      (secondary) => functionExists(secondary) && userOf(fleet, secondary) !== null,
    );
    return [
      ...setFree(fleet, taken.slice(0, missing)),
      ...moreFunctions(fleet, primary, primary.numVfs + missing),
    ];
  });
}

/** More of a resource in the pool: from the primary itself, or from secondaries that nobody uses. */
export function moreResources(
  fleet: Fleet,
  primary: PrimaryController,
  devices: readonly MigratingDevice[],
): RemedyCandidate[] {
  const owner = controllerFullTitle(fleet, primary);
  const destinations = devices.flatMap(({ destination }) => destination ?? []);
  const short = (resource: 'vq' | 'vi') => {
    const needed = devices.reduce(
      (sum, { source }) => sum + (source === undefined ? 0 : heldBy(source)[resource]),
      0,
    );
    return Math.max(0, needed - resourcesFor(primary, destinations, resource));
  };
  const lacking = { vq: short('vq'), vi: short('vi') };
  const own = { vq: primary.vq.allocatedToPrimary, vi: primary.vi.allocatedToPrimary };
  const left = { vq: Math.max(0, own.vq - lacking.vq), vi: Math.max(0, own.vi - lacking.vi) };
  const holders = secondariesOf(fleet, primary)
    .filter(
      (secondary) =>
        userOf(fleet, secondary) === null &&
        secondary.nvq + secondary.nvi > 0 &&
        !destinations.some(({ id }) => id === secondary.id),
    )
    .sort((one, other) => other.nvq + other.nvi - one.nvq - one.nvi);
  // As few as cover what lacks.
  const given: SecondaryController[] = [];
  const covers = () =>
    given.reduce((sum, { nvq }) => sum + nvq, 0) >= lacking.vq &&
    given.reduce((sum, { nvi }) => sum + nvi, 0) >= lacking.vi;
  for (const holder of holders) {
    if (covers()) break;
    given.push(holder);
  }
  return [
    ...(given.length === 0
      ? []
      : [
          fleetChange(
            `Take ${given.map((one) => controllerFullTitle(fleet, one)).join(', ')} back to the pool`,
            {
              kind: 'assign',
              secondaryIds: given.map(({ id }) => id),
              target: { kind: 'pool' },
            },
          ),
        ]),
    ...(left.vq < own.vq || left.vi < own.vi
      ? [
          fleetChange(
            `Allocate ${left.vq} VQ and ${left.vi} VI to ${owner} itself instead of ${own.vq} and ${own.vi}`,
            {
              ...{ kind: 'allocate-to-primary', primaryIds: [primary.id], vq: left.vq, vi: left.vi },
            },
          ),
        ]
      : []),
  ];
}
