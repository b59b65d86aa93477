import type { Pieces } from '../../bounds/pieces.ts';
import type { Fleet, VirtualMachine } from '../../fleet/schema.ts';
import { findSecondary } from '../../fleet/selectors.ts';
import { withLayers } from '../../procedure/plan/builder.ts';
import { planMigration } from '../../procedure/plan/migrate/migrate.ts';
import { definitionOf } from '../../procedure/step.ts';
import { lookUp } from '../../tables.ts';
import type { Check } from '../checks/check.ts';
import { checkCompatibility } from '../checks/compatibility.ts';
import { proposeMapping } from '../mapping.ts';
import type { MigrationOptions, MigrationRequest } from '../request.ts';
import { hostLoad } from './host-load.ts';

/** A virtual machine that is to go, and the host that a person chose for it; left out: any. */
export interface Wish {
  readonly virtualMachineId: string;
  readonly destinationHostId?: string | undefined;
}

/** Why a host does not take a virtual machine, the check that weighs most first. */
export interface HostRefusal {
  readonly hostId: string;
  readonly reasons: readonly string[];
}

export interface Placement {
  readonly virtualMachineId: string;
  /** Null: no host takes it. */
  readonly request: MigrationRequest | null;
  /** Warnings that it starts with. */
  readonly warnings: readonly Check[];
  /** Checks that passed. */
  readonly passed: number;
  /** Of one that no host takes: what is against it, and what would make it possible. */
  readonly refused: {
    readonly cause: string;
    readonly fix: string;
    readonly hosts: readonly HostRefusal[];
  } | null;
}

export interface PlacementOptions {
  readonly options: MigrationOptions;
  /** Hosts that take nothing: the one that is evacuated. */
  readonly closed?: readonly string[];
}

/**
 * Finds a host for each virtual machine: with the mapping that fits best, on the fleet as the ones before it will leave it at
 * their points of no return, so that all of them may be under way at once and nothing is given twice. Of the hosts that take
 * it, the one with the fewest warnings and then the least loaded one. Deterministic. What no host takes is refused with the
 * cause.
 */
export function* placeMachines(
  fleet: Fleet,
  wishes: readonly Wish[],
  { options, closed = [] }: PlacementOptions,
): Pieces<Placement[]> {
  const placements: Placement[] = [];
  let ahead = fleet;
  for (const { virtualMachineId, destinationHostId } of wishes) {
    const machine = lookUp(ahead.virtualMachines, virtualMachineId);
    const hosts = candidates(ahead, machine, destinationHostId, closed);
    const tried: Trial[] = [];
    for (const hostId of hosts) {
      const trial = tryOn(ahead, virtualMachineId, hostId, options);
      tried.push(trial);
      yield;
      // They are tried from the least loaded on: nothing better comes.
      if (trial.after !== null && trial.warnings.length === 0) break;
    }
    const best = tried.reduce<Trial | null>(
      (winner, trial) =>
        trial.after !== null && (winner === null || trial.warnings.length < winner.warnings.length)
          ? trial
          : winner,
      null,
    );
    if (best?.after !== undefined && best.after !== null) ahead = best.after;
    placements.push({
      virtualMachineId,
      request: best?.request ?? null,
      warnings: best?.warnings ?? [],
      passed: best?.passed ?? 0,
      refused: best === null ? refusal(fleet, machine, tried) : null,
    });
  }
  return placements;
}

/** All virtual machines of a host, those that need the most first: what is left of a pool then fits the small ones. */
export function machinesToEvacuate(fleet: Fleet, hostId: string): Wish[] {
  const needed = ({ deviceIds }: VirtualMachine) =>
    deviceIds.reduce((sum, id) => sum + (findSecondary(fleet, id)?.nvq ?? 0), 0);
  return Object.values(fleet.virtualMachines)
    .filter((machine) => machine.hostId === hostId)
    .map((machine) => ({ machine, needs: needed(machine) }))
    .sort((one, other) => other.needs - one.needs || (one.machine.name < other.machine.name ? -1 : 1))
    .map(({ machine }) => ({ virtualMachineId: machine.id }));
}

function candidates(
  fleet: Fleet,
  machine: VirtualMachine | undefined,
  chosen: string | undefined,
  closed: readonly string[],
): string[] {
  if (chosen !== undefined) return [chosen];
  return Object.keys(fleet.hosts)
    .filter((id) => id !== machine?.hostId && !closed.includes(id))
    .map((id) => ({ id, load: hostLoad(fleet, id) }))
    .sort((one, other) => one.load - other.load || (one.id < other.id ? -1 : 1))
    .map(({ id }) => id);
}

interface Trial {
  readonly hostId: string;
  readonly request: MigrationRequest;
  readonly errors: readonly Check[];
  readonly warnings: readonly Check[];
  readonly passed: number;
  /** The fleet at its point of no return; null: it does not go. */
  readonly after: Fleet | null;
  /** What stands against it that no check says. */
  readonly blockers: readonly string[];
}

function tryOn(fleet: Fleet, virtualMachineId: string, hostId: string, options: MigrationOptions): Trial {
  const { devices } = proposeMapping(fleet, virtualMachineId, hostId);
  const request = { ...{ virtualMachineId, destinationHostId: hostId, devices, options }, acknowledged: [] };
  const compatibility = checkCompatibility(fleet, request);
  const of = (verdict: Check['verdict']) => compatibility.checks.filter((check) => check.verdict === verdict);
  const trial = {
    ...{ hostId, request },
    errors: of('error'),
    warnings: of('warning'),
    passed: compatibility.passed,
  };
  const planned = planMigration(fleet, request, { compatibility });
  if (!planned.ok)
    return { ...trial, after: null, blockers: planned.error.details ?? [planned.error.message] };
  const { steps, pointOfNoReturn } = planned.value;
  const after = steps
    .slice(0, pointOfNoReturn ?? steps.length)
    .reduce((next, { step }) => withLayers(definitionOf(step).predict(step, next)), withLayers(fleet));
  return { ...trial, after, blockers: [] };
}

/** What all hosts say is the cause; otherwise what the nearest one says, that with the fewest reasons. */
function refusal(
  fleet: Fleet,
  machine: VirtualMachine | undefined,
  tried: readonly Trial[],
): Placement['refused'] {
  if (machine === undefined)
    return {
      cause: 'The virtual machine is not in the fleet',
      fix: 'Choose one that is shown in the topology',
      hosts: [],
    };
  const [first] = tried;
  if (first === undefined)
    return {
      cause: `No other host of the fleet may take ${machine.name}`,
      fix: 'Open a fleet with another host',
      hosts: [],
    };
  const everywhere = first.errors.find(({ id, evidence }) =>
    tried.every(({ errors }) => errors.some((other) => other.id === id && other.evidence === evidence)),
  );
  const nearest = tried.toSorted((one, other) => one.errors.length - other.errors.length)[0] ?? first;
  const [weighs] = nearest.errors;
  const name = fleet.hosts[nearest.hostId]?.name ?? nearest.hostId;
  const cause = everywhere ?? weighs;
  const where = everywhere === undefined && tried.length > 1 ? `${name}: ` : '';
  return {
    cause: cause === undefined ? (nearest.blockers[0] ?? '') : `${where}${cause.title}: ${cause.evidence}`,
    fix: cause?.fix ?? 'Clear what stands against it, then look again',
    hosts: tried.map(({ hostId, errors, blockers }) => ({
      hostId,
      reasons: errors.length === 0 ? blockers : reasonsOf(errors),
    })),
  };
}

/** The same check fails in the same way for one device after the other: it is said once. */
function reasonsOf(errors: readonly Check[]): string[] {
  return [...new Map(errors.map(({ title, evidence }) => [title, `${title}: ${evidence}`])).values()];
}
