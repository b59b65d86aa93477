import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import { inTheWay, type PlanOnHosts } from '#shared/ownership/side-by-side.ts';
import { fail, type Result, succeed } from '#shared/result.ts';

/** Whether a plan may run beside those under way; `busy` with the one in the way. */
export function freeFor(
  fleet: Fleet,
  wanted: PlanOnHosts,
  underWay: Iterable<PlanOnHosts & { readonly title: string }>,
): Result<void> {
  for (const other of underWay) {
    const obstacle = inTheWay(fleet, wanted, other);
    if (obstacle === null) continue;
    const { id, kind } = obstacle;
    const object = kind === 'host' ? (fleet.hosts[id]?.name ?? id) : objectTitle(fleet, id);
    return fail('busy', `“${other.title}” is running on ${object}.`, {
      object,
      fix: 'Wait until it has ended, or abort it.',
    });
  }
  return succeed(undefined);
}

function objectTitle(fleet: Fleet, id: string): string {
  const controller = fleet.controllers[id];
  if (controller !== undefined) return controllerFullTitle(fleet, controller);
  const namespace = fleet.namespaces[id];
  if (namespace !== undefined)
    return `namespace ${namespace.nsid} of ${fleet.subsystems[namespace.subsystemId]?.nqn ?? namespace.subsystemId}`;
  return fleet.virtualMachines[id]?.name ?? fleet.virtualSubsystems[id]?.nqn ?? id;
}
