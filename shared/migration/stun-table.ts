import type { Fleet } from '../fleet/schema.ts';
import { lookUp } from '../tables.ts';
import { commandsOfMachine, type DowntimeTerm, downtimeTerms, linkOf, sumOfTerms } from './downtime.ts';
import { forecastMigration } from './forecast.ts';
import { joinLinks, type Link, throughput } from './link-model.ts';
import type { PreCopyRound } from './pre-copy/round.ts';
import { commandTimeOfRound } from './pre-copy/terms-of-round.ts';
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
  const { speeds, isOwn } = speedsBeside(own);
  const virtualMachines = {
    ...fleet.virtualMachines,
    [machine.id]: {
      ...machine,
      dirtyBytesPerSecond: measured?.dirtyBytesPerSecond ?? machine.dirtyBytesPerSecond,
    },
  };
  return speeds.map((speed) => {
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

/** Compared speeds with the one that is there, slowest first. */
function speedsBeside(own: number) {
  const isOwn = (speed: number) => Math.abs(speed - own) <= own * sameSpeed;
  const speeds: number[] = [...comparedSpeeds];
  if (own > 0 && !speeds.some(isOwn)) speeds.push(own);
  return { speeds: speeds.sort((a, b) => a - b), isOwn };
}

/** What was left after a round would have taken over links of other speeds, by term. `link`: the one that was there. */
export function stunOfRound(
  round: Pick<
    PreCopyRound,
    'leftBytes' | 'dirtyBytesPerSecond' | 'bytesPerSecond' | 'downtimeForecastMilliseconds'
  >,
  {
    queues,
    link,
    budget,
  }: { readonly queues: readonly number[]; readonly link: Link; readonly budget: number },
): StunColumn[] {
  const commandMilliseconds = commandTimeOfRound(round, { queues, link });
  const memoryBytes =
    round.leftBytes + (round.dirtyBytesPerSecond * commandsOfMachine * commandMilliseconds) / 1000;
  const { speeds, isOwn } = speedsBeside(throughput(link) / bytesPerGigabit);
  return speeds.flatMap((speed) => {
    const isThisLink = isOwn(speed);
    const bytesPerSecond = isThisLink ? round.bytesPerSecond : speed * bytesPerGigabit;
    const over = { ...link, bytesPerSecond, loss: isThisLink ? 0 : link.loss };
    const terms = downtimeTerms({ memoryBytes, queues, commandMilliseconds, link: over });
    if (terms === null) return [];
    const totalMilliseconds = sumOfTerms(terms);
    const isWithinBudget = totalMilliseconds <= budget;
    return [{ gigabitsPerSecond: speed, isThisLink, terms, totalMilliseconds, isWithinBudget }];
  });
}
