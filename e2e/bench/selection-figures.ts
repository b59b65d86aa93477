import { discoverFleet } from '#backend/fleet/discovery.ts';
import { rack } from '#backend/hosts/simulated/built-in/rack.ts';
import { planDigest } from '#backend/procedures/plan-digest.ts';
import { assignmentTargets } from '#shared/fleet/rules/assignment.ts';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { plan } from '#shared/procedure/plan/plan.ts';
import { rackSource, tracedFleet } from './device-figures.ts';
import { type Measurement, measured } from './figure.ts';

const runs = 5;

let discovered: Promise<Fleet> | undefined;
function rackFleet(): Promise<Fleet> {
  discovered ??= discoverFleet(tracedFleet(rack.build()).hosts, rackSource).then(({ fleet }) => fleet);
  return discovered;
}

function secondariesOf(fleet: Fleet): SecondaryController[] {
  return Object.values(fleet.controllers).filter((controller) => controller.role === 'secondary');
}

/** What opening the Assign dialog for all of `rack` asks: 10,000 controllers against its 101 targets. */
export async function selectionTargets(): Promise<Measurement> {
  const fleet = await rackFleet();
  const ids = secondariesOf(fleet).map(({ id }) => id);
  const times = repeat(() => assignmentTargets(fleet, ids).length > 100);
  // It stands in the page, which must answer meanwhile.
  return measured(times, 'ms', 100);
}

/** The plan of returning the 400 used controllers of `rack` to the pool, selected among all, with its digest and its answer. */
export async function selectionPlan(): Promise<Measurement> {
  const fleet = await rackFleet();
  const secondaryIds = secondariesOf(fleet).map(({ id }) => id);
  return measured(planTimes(fleet, { secondaryIds, target: { kind: 'pool' } }, 400), 'ms', 500);
}

/** The plan of handing the 384 free controllers of one host of `rack` to a virtual machine, likewise. */
export async function selectionHandOver(): Promise<Measurement> {
  const fleet = await rackFleet();
  const [machine] = Object.values(fleet.virtualMachines);
  if (machine === undefined) throw new Error('rack has virtual machines');
  const free = secondariesOf(fleet).filter(({ hostId, online }) => hostId === machine.hostId && !online);
  const target = { kind: 'virtual-machine', virtualMachineId: machine.id } as const;
  const secondaryIds = free.map(({ id }) => id);
  return measured(planTimes(fleet, { secondaryIds, target }, free.length * 4), 'ms', 500);
}

function planTimes(
  fleet: Fleet,
  assignment: Omit<Extract<Parameters<typeof plan>[1], { kind: 'assign' }>, 'kind'>,
  atLeastSteps: number,
): number[] {
  return repeat(() => {
    const planned = plan(fleet, { kind: 'assign', ...assignment });
    if (!planned.ok) throw new Error(planned.error.message);
    planDigest(planned.value);
    return structuredClone(planned.value).steps.length >= atLeastSteps;
  });
}

/** Milliseconds of each run but the first, which compiles. */
function repeat(work: () => boolean): number[] {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const began = performance.now();
    if (!work()) throw new Error('the work was not what it should be');
    if (run > 0) times.push(performance.now() - began);
  }
  return times;
}
