import type { Fleet } from '../fleet/schema.ts';
import { lookUp } from '../tables.ts';
import { type DowntimeTerm, linkOf, sumOfTerms } from './downtime.ts';
import { forecastMigration } from './forecast.ts';
import { joinLinks } from './link-model.ts';
import type { MigrationRequest } from './request.ts';

/** Speeds of links that are compared, Gb/s. */
const comparedSpeeds = [10, 25, 40, 100, 200] as const;
/** So near to a compared speed counts as that one. */
const sameSpeed = 0.02;
const bytesPerGigabit = 1e9 / 8;

/** What a guest stands still for over a link of one speed. */
export interface StunColumn {
  readonly gigabitsPerSecond: number;
  /** The link that these two hosts have. */
  readonly isThisLink: boolean;
  readonly terms: readonly DowntimeTerm[];
  readonly totalMilliseconds: number;
  readonly isWithinBudget: boolean;
}

/**
 * The expected downtime over links of 10 to 200 Gb/s and over the one that is there, by term, slowest link first. Latency
 * and loss are those of the hosts, at any speed. `measured`: while it is copied; left out: as the fleet has it.
 */
export function stunTable(
  fleet: Fleet,
  request: MigrationRequest,
  measured?: { readonly dirtyBytesPerSecond: number; readonly commandMilliseconds: number },
): StunColumn[] {
  const machine = lookUp(fleet.virtualMachines, request.virtualMachineId);
  const source = machine === undefined ? undefined : fleet.hosts[machine.hostId];
  const destination = lookUp(fleet.hosts, request.destinationHostId);
  if (machine === undefined || source === undefined || destination === undefined) return [];
  const own = joinLinks(linkOf(source), linkOf(destination)).bytesPerSecond / bytesPerGigabit;
  const isOwn = (speed: number) => Math.abs(speed - own) <= own * sameSpeed;
  const speeds: number[] = [...comparedSpeeds];
  if (own > 0 && !speeds.some(isOwn)) speeds.push(own);
  const virtualMachines = {
    ...fleet.virtualMachines,
    [machine.id]: {
      ...machine,
      dirtyBytesPerSecond: measured?.dirtyBytesPerSecond ?? machine.dirtyBytesPerSecond,
    },
  };
  return speeds
    .sort((a, b) => a - b)
    .map((speed) => {
      const isThisLink = isOwn(speed);
      // Its own speed as it was measured, and not the one that it is called by.
      const linkBytesPerSecond = (isThisLink ? own : speed) * bytesPerGigabit;
      const hosts = {
        ...fleet.hosts,
        [source.id]: { ...source, linkBytesPerSecond },
        [destination.id]: { ...destination, linkBytesPerSecond },
      };
      const { phases } = forecastMigration({ ...fleet, hosts, virtualMachines }, request, measured);
      const totalMilliseconds = sumOfTerms(phases);
      return {
        ...{ gigabitsPerSecond: speed, isThisLink, terms: phases, totalMilliseconds },
        isWithinBudget: totalMilliseconds <= request.options.downtimeBudgetMilliseconds,
      };
    });
}
