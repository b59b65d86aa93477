import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { searchFleet } from '#shared/fleet/search.ts';
import { isMigrating, isUnassigned } from '#shared/fleet/selectors.ts';
import type { TopologyFilter } from '../navigation.ts';

/**
 * Which secondaries the filter and the text let through, for graph and list alike; null when everything is let through.
 * A text that finds a primary, a virtual subsystem or a machine lets all of their secondaries through.
 */
export function secondaryFilter(
  fleet: Fleet,
  filter: TopologyFilter,
  text: string,
): ((secondary: SecondaryController) => boolean) | null {
  const found = text.trim() === '' ? null : new Set(searchFleet(fleet, text).map((hit) => hit.id));
  if (filter === 'all' && found === null) return null;
  return (secondary) => {
    if (!passes[filter](fleet, secondary)) return false;
    if (found === null) return true;
    const owners = [
      secondary.id,
      secondary.primaryId,
      secondary.virtualSubsystemId,
      secondary.virtualMachineId,
      ...secondary.attachedNamespaces.map((nsid) => `${secondary.subsystemId}#${nsid}`),
    ];
    return owners.some((id) => id !== null && found.has(id));
  };
}

/** What each filter lets through; `all` is there so that the table is whole. */
const passes: Record<TopologyFilter, (fleet: Fleet, secondary: SecondaryController) => boolean> = {
  all: () => true,
  unassigned: (_fleet, secondary) => isUnassigned(secondary),
  offline: (_fleet, secondary) => !secondary.online,
  migrating: isMigrating,
};
