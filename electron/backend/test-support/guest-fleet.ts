import { type FleetFile, type FleetFileInput, fleetFileSchema } from '#shared/fleet-file/schema.ts';

type Subsystem = NonNullable<FleetFileInput['subsystems']>[number];

/** Milliseconds, bytes and counts of a fleet with many guests. */
export interface GuestFleetOptions {
  /** Guests on each host, by its name. */
  readonly guests: Readonly<Record<string, number>>;
  readonly memoryBytes?: number;
  readonly linkBytesPerSecond?: number;
  /** Flexible VQ and VI of each drive; left out: enough. */
  readonly resources?: number;
  /** Functions of each drive that nobody has. */
  readonly spare?: number;
  /** 4 KiB pages that each guest writes in a second, in a hot part of 16 MiB; left out: none. */
  readonly pagesPerSecond?: number;
}

const mib = 2 ** 20;

/** Hosts with one multi-ported drive between them; each guest has one function in a virtual subsystem of its own, and a namespace. */
export function guestFleet({
  guests,
  memoryBytes = 64 * mib,
  linkBytesPerSecond = 1_250_000_000,
  resources,
  spare = 4,
  pagesPerSecond,
}: GuestFleetOptions): FleetFile {
  const names = Object.keys(guests);
  const all = Object.values(guests).reduce((sum, count) => sum + count, 0);
  const functions = Math.max(...Object.values(guests)) + spare;
  const first = names.map((_, host) => names.length + host * functions);
  const before = names.map((_, host) =>
    names.slice(0, host).reduce((sum, name) => sum + (guests[name] ?? 0), 0),
  );
  const pool = resources ?? (all + 2) * 4 + 16;
  const drive: Subsystem = {
    nqn: 'nqn.2014-08.org.nvmexpress:uuid:5e1f4c10-7a3d-4a91-b0c7-d1f0a0b35700',
    profile: 'berth',
    capacityBytes: 7_680_000_000_000,
    controllers: names.map((host, index) => ({
      ...{ role: 'primary' as const, cntlid: index, host, address: '0000:41:00.0', driver: 'nvme' as const },
      ...{ deviceInstance: 0, iommuGroup: 28 },
      identify: {
        kind: 'fields' as const,
        identity: { serialNumber: 'GUESTS-1', modelNumber: 'Guests', firmwareRevision: '1' },
      },
      sriov: { totalVfs: functions, numVfs: functions, driversAutoprobe: false, vfOffset: 1, vfStride: 1 },
      vq: {
        kind: 'flexible' as const,
        total: pool,
        secondaryMaximum: Math.min(16, pool),
        privateToPrimary: 17,
      },
      vi: {
        kind: 'flexible' as const,
        total: pool,
        secondaryMaximum: Math.min(8, pool),
        privateToPrimary: 17,
      },
      firstSecondaryCntlid: first[index] ?? 0,
      secondaries: Array.from({ length: guests[host] ?? 0 }, (_, guest) => ({
        ...{ vfn: guest + 1, vq: 4, vi: 2, online: true },
        ...{ driver: 'vfio-pci' as const, driverOverride: 'vfio-pci' as const },
      })),
      virtualSubsystems: Array.from({ length: guests[host] ?? 0 }, (_, guest) => ({
        nqn: `nqn.2026-11.io.berth:${guestName(host, guest)}`,
        primaryVirtualId: 1,
        identity: {
          serialNumber: `G${(before[index] ?? 0) + guest}`,
          modelNumber: 'Guest Drive',
          firmwareRevision: '1.0',
        },
        members: [{ cntlid: (first[index] ?? 0) + guest, virtualControllerId: 20 }],
      })),
    })),
    namespaces: names.flatMap((host, index) =>
      Array.from({ length: guests[host] ?? 0 }, (_, guest) => {
        const nsid = (before[index] ?? 0) + guest + 1;
        const hex = nsid.toString(16).padStart(8, '0');
        return {
          ...{ nsid, blocks: 1_000_000, nguid: `5e1f4c107a3d4a910025385b${hex}` },
          attachedTo: [(first[index] ?? 0) + guest],
        };
      }),
    ),
  };
  return fleetFileSchema.parse({
    ...{ format: 'berth-fleet', version: 1, name: 'guests', seed: 42 },
    hosts: names.map((host) => ({
      name: host,
      linkBytesPerSecond,
      virtualMachines: Array.from({ length: guests[host] ?? 0 }, (_, guest) => ({
        ...{ name: guestName(host, guest), vcpus: 2, memoryBytes },
        devices: [addressOf(guest + 1)],
        ...(pagesPerSecond === undefined
          ? {}
          : {
              workload: {
                phases: [{ seconds: 60, pagesPerSecond, hotBytes: 16 * mib, hotShare: 1 }],
                ...{ readsPerSecond: 0, writesPerSecond: 0, blocksPerCommand: 1 },
              },
            }),
      })),
    })),
    subsystems: [drive],
  } satisfies FleetFileInput);
}

/** `a-01`: the second guest of `hv-a`. */
export function guestName(host: string, guest: number): string {
  return `${host.replace('hv-', '')}-${String(guest).padStart(2, '0')}`;
}

function addressOf(vfn: number): string {
  return `0000:41:${(vfn >> 3).toString(16).padStart(2, '0')}.${vfn & 7}`;
}
