import { expect, it } from 'vitest';
import type { Fleet } from '../fleet/schema.ts';
import { migrationFleet } from '../test-support/migration-fleet.ts';
import { destinationOptions } from './destination-options.ts';

function reasonsOf(change: (fleet: Fleet) => void): readonly string[] {
  const fleet = migrationFleet();
  change(fleet);
  const option = destinationOptions(fleet, 'hv-a:db-primary').find(({ hostId }) => hostId === 'hv-b');
  if (option === undefined) throw new Error('hv-b is not among the destinations.');
  expect(option.eligible).toBe(option.reasons.length === 0);
  return option.reasons;
}

/** What both devices of the guest lack. */
const withoutVirtualSubsystems = (fleet: Fleet) => {
  fleet.virtualSubsystems = {};
  for (const controller of Object.values(fleet.controllers))
    if (controller.role === 'secondary') {
      controller.virtualSubsystemId = null;
      controller.virtualControllerId = null;
    }
};

it('has no reason where the host can take it', () => {
  expect(reasonsOf(() => undefined)).toEqual([]);
});

it('says once what fails for one device after the other, and how many more there are', () => {
  const same = reasonsOf(withoutVirtualSubsystems).filter((reason) =>
    /^In a virtual subsystem: /.test(reason),
  );
  expect(same).toEqual([expect.stringMatching(/ \(and 1 more\)$/)]);
});

it('says first what the host as a whole lacks, then that there is nothing to move to, then the rest', () => {
  const reasons = reasonsOf((fleet) => {
    withoutVirtualSubsystems(fleet);
    fleet.hosts['hv-b']!.capabilities.vfioMigration = { available: false, reason: 'kernel too old' };
    for (const [id, controller] of Object.entries(fleet.controllers))
      if (controller.role === 'secondary' && controller.hostId === 'hv-b') delete fleet.controllers[id];
  });
  expect(reasons[0]).toMatch(/^VFIO migration: .*kernel too old/);
  expect(reasons[1]).toMatch(/^Free secondary controllers: /);
  expect(new Set(reasons).size).toBe(reasons.length);
});
