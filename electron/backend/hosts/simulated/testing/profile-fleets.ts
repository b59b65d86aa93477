import { provisionedAddress, provisionedUuid } from '#shared/fleet-file/controller/provisioned-functions.ts';
import type { FleetFileInput } from '#shared/fleet-file/schema.ts';
import { fleetInput, plainInput, primaryInput, siovFleetInput } from './test-kit.ts';

/** Fleets of every profile whose functions can migrate, for tests. */

export const migratingProfiles = [
  'berth',
  'private-resources',
  'vendor-2022',
  'self-contained',
  'siov-like',
] as const;
export type MigratingProfile = (typeof migratingProfiles)[number];

const physical = '0000:01:00.0';
const { nqn = '' } = fleetInput().subsystems?.[0] ?? {};
const isFixed = (profile: MigratingProfile) =>
  profile === 'private-resources' || profile === 'self-contained';

/** The function that the virtual machine of `guestFleet` owns. */
export function guestFunction(profile: MigratingProfile): {
  readonly cntlid: number;
  readonly address: string;
} {
  return profile === 'siov-like'
    ? { cntlid: 256, address: provisionedAddress(physical, provisionedUuid(nqn, 256)) }
    : { cntlid: 1, address: '0000:01:00.1' };
}

/**
 * Virtual machine `vm` of host `one` runs with one function of primary 0. Devices with virtual functions have primary 10
 * (four secondaries as well) and plain controller 20 beside it.
 */
export function guestFleet(profile: MigratingProfile): FleetFileInput {
  const input = deviceFleet(profile);
  const { address } = guestFunction(profile);
  const machine = { name: 'vm', vcpus: 2, memoryBytes: 1 << 20, devices: [address] };
  return {
    ...input,
    hosts: input.hosts.map((host) => (host.name === 'one' ? { ...host, virtualMachines: [machine] } : host)),
  };
}

/** The same without the virtual machine: the function is online, has its VFIO driver and waits. */
export function deviceFleet(profile: MigratingProfile): FleetFileInput {
  const resources = { vq: 4, vi: 2, online: true };
  if (profile === 'siov-like')
    return siovFleetInput({
      maximum: 3,
      firstCntlid: 256,
      functions: [{ cntlid: 256, ...resources, migrationEnabled: true, visible: true }],
    });
  const vf = isFixed(profile)
    ? { vfn: 1, online: true, driver: 'vfio-pci' as const }
    : { vfn: 1, ...resources, driver: 'vfio-pci' as const };
  const pools = isFixed(profile)
    ? {
        vq: { kind: 'fixed' as const, privateToPrimary: 3, perSecondary: 4 },
        vi: { kind: 'fixed' as const, privateToPrimary: 2, perSecondary: 3 },
      }
    : {};
  return fleetInput({
    profile,
    controllers: [
      primaryInput({ ...pools, secondaries: [vf] }),
      primaryInput({ ...pools, cntlid: 10, address: '0000:03:00.0' }),
      plainInput,
    ],
    namespaces: [{ nsid: 1, blocks: 1000, attachedTo: [0, 1] }],
  });
}
