import { describe, expect, it } from 'vitest';
import type { Fleet, PrimaryController } from '../../fleet/schema.ts';
import { migrationFleet, migrationRequest } from '../../test-support/migration-fleet.ts';
import type { Intent } from '../intent.ts';
import type { Step } from '../step.ts';
import { plan } from './plan.ts';

/** A primary whose last secondary holds all that is left of its pools. */
function fleetWithHolder(primaryId: string, held: { nvq: number; nvi: number }): Fleet {
  const fleet = structuredClone(migrationFleet());
  const primary = fleet.controllers[primaryId] as PrimaryController;
  Object.assign(fleet.controllers[`${primaryId}/6`] ?? {}, held);
  for (const [pool, amount] of [
    [primary.vq, held.nvq],
    [primary.vi, held.nvi],
  ] as const) {
    pool.assignedToSecondaries += amount;
    pool.total = pool.assignedToSecondaries;
  }
  return fleet;
}

function stepsOf(fleet: Fleet, intent: Intent): Step[] {
  const planned = plan(fleet, intent);
  if (!planned.ok) throw new Error(planned.error.details?.join('\n'));
  return planned.value.steps.map(({ step }) => step);
}

const ofResources = (steps: readonly Step[]) =>
  steps.flatMap((step) =>
    step.kind === 'secondary-assign' || step.kind === 'secondary-offline' || step.kind === 'secondary-online'
      ? [`${step.kind} ${step.secondaryId.slice(-1)}`]
      : [],
  );

describe('a group that is configured together', () => {
  it('gives back before it takes: what one holds is what another gets', () => {
    const fleet = fleetWithHolder('hv-a/0000:41:00.0', { nvq: 4, nvi: 2 });
    const secondaryIds = [3, 6].map((vfn) => `hv-a/0000:41:00.0/${vfn}`);
    const [virtualSubsystemId = ''] = Object.keys(fleet.virtualSubsystems);
    const target = { kind: 'virtual-subsystem', virtualSubsystemId } as const;
    expect(ofResources(stepsOf(fleet, { kind: 'assign', secondaryIds, target, vq: 2, vi: 1 }))).toEqual([
      'secondary-offline 6',
      ...['secondary-assign 3', 'secondary-assign 3', 'secondary-online 3'],
      ...['secondary-assign 6', 'secondary-assign 6', 'secondary-online 6'],
    ]);
  });

  it('does so at the destination of a migration too', () => {
    const fleet = fleetWithHolder('hv-b/0000:41:00.0', { nvq: 16, nvi: 8 });
    const proposed = migrationRequest(fleet);
    const devices = proposed.devices.map((device, index) => ({
      ...device,
      destinationId: `hv-b/0000:41:00.0/${index === 0 ? 3 : 6}`,
    }));
    const steps = stepsOf(fleet, { kind: 'migrate', request: { ...proposed, devices } });
    expect(ofResources(steps).slice(0, 4)).toEqual([
      'secondary-offline 6',
      ...['secondary-assign 3', 'secondary-assign 3', 'secondary-online 3'],
    ]);
  });

  it('shares the pool as it is before the first one takes its part', () => {
    const fleet = structuredClone(migrationFleet(0));
    const primary = fleet.controllers['hv-a/0000:41:00.0'] as PrimaryController;
    primary.vq.total = 8;
    const steps = stepsOf(fleet, {
      kind: 'provision',
      functions: { kind: 'existing', secondaryIds: [1, 2].map((vfn) => `${primary.id}/${vfn}`) },
      into: { kind: 'none' },
      ...{ attach: [], enableMigration: true, visible: true, virtualMachineId: null },
    });
    const counts = steps.flatMap((step) =>
      step.kind === 'secondary-assign' && step.resource === 'VQ' ? [step.count] : [],
    );
    expect(counts).toEqual([4, 4]);
  });
});
