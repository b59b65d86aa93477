import { describe, expect, it } from 'vitest';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import type { Fleet, HostCapabilityName, SecondaryController } from '../schema.ts';
import { cleanUpBlockers, startsOver, takeBackBlockers } from './taking-back.ts';

const machineId = 'hv-a:db-primary';

/** A member in a guest, and one that nobody has, on a host that cannot do one thing. */
function without(name: HostCapabilityName): [Fleet, SecondaryController, SecondaryController] {
  const fleet = migrationFleet(1);
  Object.assign(fleet.hosts['hv-a']?.capabilities ?? {}, {
    [name]: { available: false, reason: `No ${name}.` },
  });
  const [used, free] = [1, 2].map((vfn) => fleet.controllers[`hv-a/0000:41:00.0/${vfn}`]);
  return [fleet, used as SecondaryController, free as SecondaryController];
}

describe('taking a secondary controller back', () => {
  it.each<HostCapabilityName>(['virtualMachines', 'changePci', 'virtualSubsystems'])(
    'needs a host that can do %s, where it leaves such a place',
    (name) => {
      const [fleet, used, free] = without(name);
      expect(takeBackBlockers(fleet, used, { leaveSubsystem: true })).toEqual([`hv-a: No ${name}.`]);
      expect(takeBackBlockers(fleet, free, { leaveSubsystem: true })).toEqual([]);
    },
  );

  it('leaves the virtual subsystem alone where that was not asked for, and the driver of a provisioned function', () => {
    const [fleet, used] = without('virtualSubsystems');
    expect(takeBackBlockers(fleet, used, { leaveSubsystem: false })).toEqual([]);
    const [other, bound] = without('changePci');
    expect(takeBackBlockers(other, { ...bound, functionKind: 'siov' }, { leaveSubsystem: true })).toEqual([]);
  });

  it('makes it start over when a guest had it, or another virtual subsystem', () => {
    const [, used, free] = without('changePci');
    const member = { ...used, virtualMachineId: null };
    expect([used, member, free].map((one) => startsOver(one, { leaveSubsystem: true }))).toEqual([
      ...[true, true, false],
    ]);
    expect(startsOver(member, { leaveSubsystem: false })).toBe(false);
  });

  it('cleans up after a migration only what that migration left and nobody uses', () => {
    const fleet = migrationFleet(1);
    const used = fleet.controllers['hv-a/0000:41:00.0/1'] as SecondaryController;
    expect(cleanUpBlockers(fleet, used, machineId)[0]).toContain('Only controllers that no guest uses');
    expect(cleanUpBlockers(fleet, used, null)[0]).toContain('did not leave behind');
    Object.assign(fleet.virtualMachines[machineId] ?? {}, { state: 'paused' });
    expect(cleanUpBlockers(fleet, used, machineId)).toEqual([]);
  });
});
