import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { rack } from './rack.ts';
import { twoHosts } from './two-hosts.ts';
import { zoo } from './zoo.ts';

/** A fleet that comes with the program. */
export interface BuiltInFleet {
  /** What a command line names it. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  build(): FleetFile;
}

/** The first one opens when nothing else is asked for. */
export const builtInFleets: readonly BuiltInFleet[] = [twoHosts, rack, zoo];

export function findBuiltInFleet(name: string): BuiltInFleet | undefined {
  return builtInFleets.find((fleet) => fleet.name === name);
}
