import { describe, expect, it } from 'vitest';
import type { Fleet } from '../../fleet/schema.ts';
import { migrationFleet, migrationRequest } from '../../test-support/migration-fleet.ts';
import type { Intent } from '../intent.ts';
import type { Step } from '../step.ts';
import { plan } from './plan.ts';

const primaryId = 'hv-a/0000:41:00.0';
const virtualSubsystemId = Object.keys(migrationFleet().virtualSubsystems)[0] ?? '';
const [inGuest, free] = [
  [1, 2],
  [3, 4],
].map((vfns) => vfns.map((vfn) => `${primaryId}/${vfn}`)) as [string[], string[]];
const virtualMachineId = 'hv-a:db-primary';

/** Kinds of steps in the order of their first and of their last occurrence. */
function spansOf(fleet: Fleet, intent: Intent, phase?: string): Map<string, [number, number]> {
  const planned = plan(fleet, intent);
  if (!planned.ok) throw new Error(planned.error.details?.join('\n'));
  const spans = new Map<string, [number, number]>();
  for (const [index, one] of planned.value.steps.entries()) {
    if (phase !== undefined && one.phase !== phase) continue;
    const name = nameOf(one.step);
    spans.set(name, [spans.get(name)?.[0] ?? index, index]);
  }
  return spans;
}

/** A driver step by what it does: letting go of a function and handing it to VFIO have different places. */
function nameOf(step: Step): string {
  return step.kind === 'set-driver' ? `set-driver ${step.driver}` : step.kind;
}

/** All steps of one kind are over before the first of the next begins; `least` kinds of the order must be there. */
function expectOrder(spans: ReadonlyMap<string, [number, number]>, order: readonly string[], least: number) {
  const found = order.flatMap((name) => spans.get(name) ?? []);
  expect(found.length).toBeGreaterThanOrEqual(2 * least);
  expect(found).toEqual(found.toSorted((left, right) => left - right));
}

const cleanUpOrder = [
  'vm-destroy',
  'vm-detach-device',
  'set-driver null',
  'virtual-subsystem-remove',
  'virtual-subsystem-delete',
  'function-level-reset',
  'detach-namespace',
  'secondary-offline',
];

function stopped(): Fleet {
  const fleet = structuredClone(migrationFleet());
  for (const machine of Object.values(fleet.virtualMachines)) machine.state = 'stopped';
  return fleet;
}

describe('controllers are taken back in one order', () => {
  const cleanUp: Intent = {
    ...{ kind: 'clean-up-source', secondaryIds: inGuest, virtualMachineId },
    ...{ virtualSubsystemIds: [virtualSubsystemId], detachNamespaces: true, release: true },
  };

  it.each<[string, () => [Fleet, Intent, string | undefined], number]>([
    [
      'back to the pool',
      () => [stopped(), { kind: 'assign', secondaryIds: inGuest, target: { kind: 'pool' } }, undefined],
      5,
    ],
    ['by the clean-up of a migration', () => [stopped(), cleanUp, undefined], 7],
    [
      'at the end of a migration',
      () => {
        const fleet = migrationFleet();
        return [fleet, { kind: 'migrate', request: migrationRequest(fleet) }, 'Clean up'];
      },
      7,
    ],
  ])('%s', (_, of, least) => {
    const [fleet, intent, phase] = of();
    expectOrder(spansOf(fleet, intent, phase), cleanUpOrder, least);
  });

  it('resets only what cannot go back anyway: the way back from a release stays open', () => {
    const released = spansOf(stopped(), { kind: 'assign', secondaryIds: inGuest, target: { kind: 'pool' } });
    expect(released.has('function-level-reset')).toBe(false);
    expect(spansOf(stopped(), cleanUp).has('function-level-reset')).toBe(true);
  });
});

const joinOrder = [
  'secondary-online',
  'virtual-subsystem-create',
  'virtual-subsystem-add',
  'attach-namespace',
  'set-driver vfio-pci',
  'vm-attach-device',
];

describe('a newcomer gets its identity before its data, and a guest after both', () => {
  it.each<[string, () => [Fleet, Intent], number]>([
    [
      'when it is assigned',
      () => [
        stopped(),
        {
          ...{ kind: 'assign', secondaryIds: free, attach: [1, 2] },
          target: { kind: 'virtual-subsystem', virtualSubsystemId },
        },
      ],
      3,
    ],
    [
      'when it is provisioned',
      () => [
        stopped(),
        {
          ...{ kind: 'provision', functions: { kind: 'existing', secondaryIds: free } },
          ...{ into: { kind: 'existing', virtualSubsystemId }, attach: [1, 2] },
          ...{ enableMigration: true, visible: true, virtualMachineId },
        },
      ],
      5,
    ],
    [
      'at the destination of a migration',
      () => {
        const fleet = migrationFleet();
        return [fleet, { kind: 'migrate', request: migrationRequest(fleet) }];
      },
      6,
    ],
  ])('%s', (_, of, least) => {
    expectOrder(spansOf(...of()), joinOrder, least);
  });
});
