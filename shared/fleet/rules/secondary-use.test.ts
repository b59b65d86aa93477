import { describe, expect, it } from 'vitest';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import type { SecondaryController } from '../schema.ts';
import {
  answersInUseBlockers,
  assignedBlocker,
  guestBlockers,
  hostDriverBlockers,
  iommuBlockers,
  isFree,
  isUsedByHost,
  userOf,
} from './secondary-use.ts';

const primaryId = 'hv-a/0000:41:00.0';
const fleet = migrationFleet();
const inGuest = fleet.controllers[`${primaryId}/1`] as SecondaryController;
const free = fleet.controllers[`${primaryId}/3`] as SecondaryController;
const ofHost: SecondaryController = { ...free, driver: 'nvme', deviceName: 'nvme4', online: true };

describe('who uses a secondary controller', () => {
  it('is the strongest claim: guest, virtual subsystem, host, nobody', () => {
    expect(userOf(fleet, inGuest)).toEqual({ kind: 'virtual-machine', name: 'db-primary' });
    const member = { ...inGuest, virtualMachineId: null };
    expect(userOf(fleet, member)).toMatchObject({ kind: 'virtual-subsystem' });
    expect(userOf(fleet, ofHost)).toEqual({ kind: 'host', name: 'nvme4' });
    expect(userOf(fleet, free)).toBeNull();
    expect([inGuest, member, ofHost, free].map((one) => isFree(fleet, one))).toEqual([
      ...[false, false, false, true],
    ]);
  });

  it('is not the host where its driver gave up on an offline function', () => {
    const givenUp = { ...ofHost, online: false, deviceName: null };
    expect(isUsedByHost(givenUp)).toBe(false);
    expect(isUsedByHost({ ...ofHost, deviceName: null })).toBe(true);
    expect(isUsedByHost({ ...ofHost, driver: 'vfio-pci' })).toBe(false);
  });
});

describe('what stands against another use', () => {
  it('is the guest, the assignment or the driver of the host, each with its way out', () => {
    expect(guestBlockers(fleet, inGuest)).toEqual([
      'VF 1 is in db-primary. Take it out of the virtual machine first.',
    ]);
    expect(assignedBlocker(fleet, inGuest)).toMatchObject({ fix: 'Take it back to the pool first.' });
    expect(hostDriverBlockers(ofHost)).toEqual(["VF 3 is used by the host's nvme driver. Unbind it first."]);
    expect([guestBlockers(fleet, free), assignedBlocker(fleet, free), hostDriverBlockers(free)]).toEqual([
      ...[[], null, []],
    ]);
  });

  it('lets answers change as soon as the guest that read them has stopped', () => {
    expect(answersInUseBlockers(fleet, inGuest).join()).toContain('used by db-primary (running)');
    const stopped = structuredClone(fleet);
    for (const machine of Object.values(stopped.virtualMachines)) machine.state = 'stopped';
    expect(answersInUseBlockers(stopped, inGuest)).toEqual([]);
    expect(answersInUseBlockers(fleet, ofHost)).toHaveLength(1);
  });

  it('is a host without an IOMMU, for VFIO', () => {
    expect(iommuBlockers(fleet, free)).toEqual([]);
    const without = structuredClone(fleet);
    for (const host of Object.values(without.hosts)) host.iommu = '';
    expect(iommuBlockers(without, free)).toEqual(['hv-a has no IOMMU, so VFIO cannot hand VF 3 to a guest.']);
  });
});
