import fc from 'fast-check';
import type { Fleet, PrimaryController, SecondaryController, VirtualMachine } from '../fleet/schema.ts';
import { isVfioDriver } from '../vfio/drivers.ts';
import { migrationFleet } from './migration-fleet.ts';

const ownerId = 'hv-a/0000:41:00.0';

/** What a secondary controller that no guest has is found doing. */
const idleState = fc.constantFrom(
  'pool',
  'pool',
  'pool',
  'sized',
  'too-small',
  'online',
  'host',
  'vfio',
  'hidden',
  'attached',
);
type IdleState = 'pool' | 'sized' | 'too-small' | 'online' | 'host' | 'vfio' | 'hidden' | 'attached';

/**
 * Fleets as they come: `migrationFleet` with anything between nothing and much standing in the way. What the primary says of
 * its pools and of its functions agrees with what its secondaries say, as `primaryContradictions` wants it.
 */
export const randomFleets: fc.Arbitrary<Fleet> = fc
  .record({
    devices: fc.integer({ min: 0, max: 3 }),
    states: fc.array(idleState, { minLength: 6, maxLength: 6 }),
    /** VQ and VI in all, beyond what the secondaries hold. */
    spareVq: fc.constantFrom(0, 3, 8, 40),
    spareVi: fc.constantFrom(0, 1, 4, 40),
    secondaryMaximum: fc.constantFrom(16, 16, 8, 3),
    flexibleVi: fc.constantFrom(true, true, true, false),
    /** How many functions the host shows, at least those that are in use. */
    numVfs: fc.constantFrom(6, 6, 6, 4, 0),
    machine: fc.constantFrom<VirtualMachine['state']>('running', 'running', 'stopped', 'paused'),
    obstacle: fc.constantFrom(
      ...['none', 'none', 'none', 'none', 'read-only', 'no-iommu', 'no-pci', 'no-machines'],
      ...['no-subsystems', 'primary-without-subsystems', 'shared-iommu-group', 'private-namespace'],
    ),
  })
  .map((choice) => {
    const fleet = structuredClone(migrationFleet(choice.devices));
    const primary = fleet.controllers[ownerId] as PrimaryController;
    const secondaries = primary.secondaryIds.map((id) => fleet.controllers[id] as SecondaryController);
    const idle = secondaries.slice(choice.devices);
    idle.forEach((secondary, index) => {
      inState(fleet, secondary, choice.states[index] ?? 'pool');
    });
    const used = secondaries.filter(
      ({ driver, online, virtualMachineId }) => driver !== null || online || virtualMachineId !== null,
    );
    primary.numVfs = Math.max(choice.numVfs, ...used.map(({ vfn }) => vfn));
    for (const secondary of secondaries) if (secondary.vfn > primary.numVfs) secondary.pciAddress = null;
    const held = (of: 'nvq' | 'nvi') => secondaries.reduce((sum, secondary) => sum + secondary[of], 0);
    const pool = (of: 'nvq' | 'nvi', spare: number) => ({
      assignedToSecondaries: held(of),
      total: held(of) + spare,
      // Nobody holds more than the device gives to one.
      secondaryMaximum: Math.max(choice.secondaryMaximum, ...secondaries.map((one) => one[of])),
    });
    Object.assign(primary.vq, pool('nvq', choice.spareVq));
    Object.assign(primary.vi, pool('nvi', choice.spareVi));
    if (!choice.flexibleVi) {
      for (const secondary of secondaries) secondary.nvi = 0;
      primary.vi = { ...primary.vi, supported: false, total: 0, assignedToSecondaries: 0 };
    }
    for (const machine of Object.values(fleet.virtualMachines)) machine.state = choice.machine;
    obstruct(fleet, primary, choice.obstacle);
    return fleet;
  });

function inState(fleet: Fleet, secondary: SecondaryController, state: IdleState): void {
  const running = { online: true, nvq: 4, nvi: 2 };
  switch (state) {
    case 'pool':
      return;
    case 'sized':
      Object.assign(secondary, { nvq: 4, nvi: 2 });
      return;
    case 'too-small':
      Object.assign(secondary, { nvq: 1, nvi: 1 });
      return;
    case 'online':
      Object.assign(secondary, running);
      return;
    case 'host':
      Object.assign(secondary, running, { driver: 'nvme', deviceName: `nvme${secondary.vfn + 1}` });
      return;
    case 'vfio':
      Object.assign(secondary, running, { driver: 'vfio-pci', vfioState: 'RUNNING' });
      return;
    case 'hidden':
      secondary.visible = false;
      return;
    case 'attached': {
      secondary.attachedNamespaces = [1];
      fleet.namespaces[`${secondary.subsystemId}#1`]?.attachedTo.push(secondary.id);
      return;
    }
  }
}

function obstruct(fleet: Fleet, primary: PrimaryController, obstacle: string): void {
  const missing = { available: false, reason: 'It cannot.' } as const;
  const host = fleet.hosts[primary.hostId];
  if (host === undefined) return;
  if (obstacle === 'read-only') fleet.source.readOnly = 'A capture cannot be changed.';
  // Without an IOMMU, VFIO has nothing.
  const vfio = Object.values(fleet.controllers).some(({ driver }) => isVfioDriver(driver));
  if (obstacle === 'no-iommu' && !vfio) host.iommu = '';
  if (obstacle === 'no-pci') host.capabilities.changePci = missing;
  if (obstacle === 'no-machines') host.capabilities.virtualMachines = missing;
  if (obstacle === 'no-subsystems') host.capabilities.virtualSubsystems = missing;
  if (obstacle === 'primary-without-subsystems') primary.virtualSubsystems = missing;
  if (obstacle === 'shared-iommu-group')
    for (const id of primary.secondaryIds) Object.assign(fleet.controllers[id] ?? {}, { iommuGroup: 2 });
  if (obstacle === 'private-namespace') {
    const first = fleet.namespaces[`${primary.subsystemId}#1`];
    if (first === undefined) return;
    // A private namespace has one controller (NMIC bit 0).
    Object.assign(first, { shared: false, attachedTo: [primary.id] });
    for (const id of primary.secondaryIds) {
      const secondary = fleet.controllers[id];
      if (secondary !== undefined)
        secondary.attachedNamespaces = secondary.attachedNamespaces.filter((nsid) => nsid !== 1);
    }
  }
}
