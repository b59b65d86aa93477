import fc from 'fast-check';
import { expect } from 'vitest';
import type { Fleet } from '../fleet/schema.ts';
import type { Plan } from '../procedure/procedure.ts';
import { definitionOf, type Step } from '../procedure/step.ts';
import type { Result } from '../result.ts';
import { guestNqn } from './migration-fleet.ts';
import { numRuns } from './property-runs.ts';
import { randomFleets } from './random-fleet.ts';

/** What the properties have in common that hold rules, planners and preconditions against each other. */

export const primaryId = 'hv-a/0000:41:00.0';
export const virtualSubsystemId = `${primaryId}|${guestNqn}`;
export const secondaryIds = Array.from({ length: 6 }, (_, index) => `${primaryId}/${index + 1}`);
export const agreementRuns = { numRuns: numRuns(400, 5000), seed: 20261127 };

export const chosenIds = fc.uniqueArray(fc.constantFrom(...secondaryIds), { minLength: 1, maxLength: 3 });

/** Every step may run on the fleet that the steps before it leave, whoever asks. */
export function expectRunnable(fleet: Fleet, steps: readonly Step[]): Fleet {
  return steps.reduce((before, step) => {
    expect(definitionOf(step).blockers(step, before), step.kind).toEqual([]);
    return definitionOf(step).predict(step, before);
  }, fleet);
}

/** How often a property came out one way and the other; one that always comes out the same proves nothing. */
export class Outcomes {
  yes = 0;
  no = 0;

  add(outcome: boolean): void {
    if (outcome) this.yes += 1;
    else this.no += 1;
  }

  expectBoth(): void {
    expect(Math.min(this.yes, this.no)).toBeGreaterThan(20);
  }
}

/** Planned exactly when nothing stands against it. */
export function expectSame(planned: Result<Plan>, against: readonly string[]): void {
  const found = { rules: against, planner: planned.ok ? [] : planned.error.details };
  expect(planned.ok, JSON.stringify(found, null, 1)).toBe(against.length === 0);
}

/** The fleet after the steps; their inverses may run on it too. */
export function expectThereAndBack(fleet: Fleet, { steps }: Plan): Fleet {
  const there = expectRunnable(
    fleet,
    steps.map(({ step }) => step),
  );
  expectRunnable(
    there,
    steps.toReversed().flatMap(({ inverse }) => inverse ?? []),
  );
  return there;
}

/** Members that are still in their guest, or that it has left in one way or another, also in the middle of a migration. */
export const leftFleets = fc
  .tuple(randomFleets, fc.constantFrom('in-guest', 'out', 'out', 'bound', 'of-host', 'suspended'))
  .map(([given, left]) => {
    const fleet = structuredClone(given);
    if (left === 'in-guest') return fleet;
    for (const secondary of Object.values(fleet.controllers)) {
      if (secondary.role !== 'secondary' || secondary.virtualMachineId === null) continue;
      const bound = { driver: 'vfio-pci', vfioState: 'RUNNING' as const };
      Object.assign(secondary, { virtualMachineId: null, driver: null, vfioState: null });
      if (left === 'bound') Object.assign(secondary, bound);
      if (left === 'suspended') Object.assign(secondary, { ...bound, vfioState: 'STOP_COPY' });
      if (left === 'of-host')
        Object.assign(secondary, { driver: 'nvme', deviceName: `nvme${secondary.vfn}` });
    }
    for (const machine of Object.values(fleet.virtualMachines)) machine.deviceIds = [];
    return fleet;
  });
