import type { BuiltInFleet } from './built-in-fleet.ts';
import { rack } from './rack.ts';
import { twoHosts } from './two-hosts.ts';
import { zoo } from './zoo.ts';

/** The first one opens when nothing else is asked for. */
export const builtInFleets: readonly BuiltInFleet[] = [twoHosts, rack, zoo];

export function findBuiltInFleet(name: string): BuiltInFleet | undefined {
  return builtInFleets.find((fleet) => fleet.name === name);
}
