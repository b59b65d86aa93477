import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { fleetSizes } from '#shared/bounds/sizes.ts';
import { countWords } from '#shared/count-words.ts';
import { pciAddressPattern, routingId, virtualFunctionAddress } from '#shared/fleet-file/host/pci-address.ts';
import { inTurns } from '../../in-turns.ts';
import type { NvmeFunction } from '../host-connection.ts';
import { hostCommands, unknownAttribute } from '../outputs/structures.ts';
import type { SnapshotFiles } from './snapshot-files.ts';
import { linkName, numberAttribute, readSysfsDump, type SysfsEntry } from './sysfs-dump.ts';

/** One NVMe PCI function as `sysfs-pci.tsv` shows it. */
export interface CapturedFunction
  extends Omit<
    NvmeFunction,
    'deviceName' | 'vfioDriver' | 'vfioOffer' | 'noted' | 'notRecorded' | 'problems' | 'deviceId'
  > {
  readonly driverOverride: string | null;
  /** PCI device ID; null when the dump does not tell. */
  readonly deviceId: number | null;
  /** First VF Offset and VF Stride of a physical function's SR-IOV capability. */
  readonly vfRouting: { readonly vfOffset: number; readonly vfStride: number } | null;
  /** Both were: otherwise they are taken to be 1. */
  readonly routingRecorded: boolean;
  /** What is missing because the source does not tell it (`lspci` without details), and not because it is not there. */
  readonly unknown: ReadonlySet<string>;
  /** False for a virtual function that the dump left out; its address was computed from offset and stride. */
  readonly dumped: boolean;
}

const root = '/sys/bus/pci/devices';

/** As many as the largest simulated fleet has controllers. */
const mostFunctions = fleetSizes.controllers;
/** Functions that are read between two pauses. */
const functionsOfPiece = 200;
/** TotalVFs and NumVFs are 16 bits wide (PCI Express 6.0, 9.3.3). */
const mostVirtualFunctions = 0xffff;

/** All NVMe functions (class 0108h) of the host, virtual functions that the dump left out included. */
export async function readCapturedFunctions(
  files: SnapshotFiles,
  snapshot: string,
): Promise<readonly CapturedFunction[]> {
  const file = `${snapshot}/sysfs-pci.tsv`;
  const entries = await readSysfsDump(files, file, root);
  if (entries === null) {
    files.notRecorded({
      source: file,
      what: 'the PCI functions, their drivers and SR-IOV',
      tellBy: hostCommands.pci,
    });
    return [];
  }
  return inTurns(functionsOf(files, file, entries));
}

function* functionsOf(
  files: SnapshotFiles,
  file: string,
  entries: ReadonlyMap<string, SysfsEntry>,
): Pieces<readonly CapturedFunction[]> {
  const functions: CapturedFunction[] = [];
  const pacer = new Pacer(functionsOfPiece);
  for (const [address, entry] of entries) {
    yield* pacer.did();
    if (!/^0x0108/.test(entry.attributes.get('class') ?? '')) continue;
    if (!pciAddressPattern.test(address)) {
      files.problem(file, `${address} is not a PCI address`, {
        field: `${root}/${address}`,
        fix: 'Record the capture again',
      });
      continue;
    }
    functions.push(functionOf(files, file, address, entry, entries));
  }
  const all = [...functions, ...(yield* omittedFunctions(files, file, functions, pacer))];
  if (all.length > mostFunctions)
    files.problem(file, `There are more than ${mostFunctions} NVMe functions; the rest is left out`, {
      field: root,
      fix: 'Record fewer functions',
    });
  // All addresses have one form, so their order is that of their characters.
  return all.slice(0, mostFunctions).sort((a, b) => (a.address < b.address ? -1 : 1));
}

function functionOf(
  files: SnapshotFiles,
  file: string,
  address: string,
  entry: SysfsEntry,
  entries: ReadonlyMap<string, SysfsEntry>,
): CapturedFunction {
  const number = (name: string) => numberAttribute(files, file, `${root}/${address}`, entry, name);
  const recordedVfs = number('sriov_totalvfs');
  const totalVfs = recordedVfs === null ? null : Math.min(recordedVfs, mostVirtualFunctions);
  const numVfs = number('sriov_numvfs');
  const group = linkName(entry, 'iommu_group');
  const override = entry.attributes.get('driver_override');
  if (totalVfs !== null && numVfs === null)
    files.notRecorded({
      source: file,
      field: `${root}/${address}/sriov_numvfs`,
      what: `how many virtual functions of ${address} are enabled; none is shown`,
      tellBy: hostCommands.functionAttribute(address, 'sriov_numvfs'),
    });
  const routing = { vfOffset: number('sriov_offset') ?? 1, vfStride: number('sriov_stride') ?? 1 };
  return {
    address,
    transport: 'pcie',
    driver: linkName(entry, 'driver'),
    driverOverride: override === undefined || override === '' || override === '(null)' ? null : override,
    deviceId: number('device'),
    iommuGroup: group !== null && /^\d+$/.test(group) ? Number(group) : null,
    sriov:
      totalVfs === null
        ? null
        : {
            totalVfs,
            numVfs: Math.min(numVfs ?? 0, totalVfs),
            driversAutoprobe: number('sriov_drivers_autoprobe') !== 0,
          },
    vfRouting: totalVfs === null ? null : routing,
    routingRecorded: number('sriov_offset') !== null,
    virtualFunction: virtualFunctionOf(files, file, address, entry, entries),
    unknown: new Set(entry.attributes.get(unknownAttribute)?.split(' ')),
    dumped: true,
  };
}

function virtualFunctionOf(
  files: SnapshotFiles,
  file: string,
  address: string,
  entry: SysfsEntry,
  entries: ReadonlyMap<string, SysfsEntry>,
): CapturedFunction['virtualFunction'] {
  const physicalFunction = linkName(entry, 'physfn');
  if (physicalFunction === null) return null;
  const physical = entries.get(physicalFunction);
  const linked = physical === undefined ? undefined : virtualFunctionLinks(physical).get(address);
  if (linked !== undefined) return { physicalFunction, vfn: linked };
  const offset = Number(physical?.attributes.get('sriov_offset') ?? 1);
  const stride = Number(physical?.attributes.get('sriov_stride') ?? 1);
  const vfn = (routingId(address) - routingId(physicalFunction) - offset) / (stride || 1) + 1;
  if (Number.isInteger(vfn) && vfn >= 1) return { physicalFunction, vfn };
  files.problem(file, `The link from ${physicalFunction} to its virtual function ${address} is missing`, {
    field: `${root}/${physicalFunction}/virtfn`,
    fix: 'Record the capture again',
  });
  return null;
}

const linksOfPhysical = new WeakMap<SysfsEntry, ReadonlyMap<string, number>>();

/** Virtual function numbers by address, from `virtfn0` and so on: sysfs counts from 0, NVMe from 1. */
function virtualFunctionLinks(physical: SysfsEntry): ReadonlyMap<string, number> {
  // Every virtual function asks, and a physical one may have thousands.
  const known = linksOfPhysical.get(physical);
  if (known !== undefined) return known;
  const links = new Map<string, number>();
  for (const name of physical.links.keys()) {
    const number = /^virtfn(\d+)$/.exec(name)?.[1];
    const address = number === undefined ? null : linkName(physical, name);
    if (address !== null && !links.has(address)) links.set(address, Number(number) + 1);
  }
  linksOfPhysical.set(physical, links);
  return links;
}

/** Large hosts are dumped in part: the enabled virtual functions that are not in the dump, by address. */
function* omittedFunctions(
  files: SnapshotFiles,
  file: string,
  functions: readonly CapturedFunction[],
  pacer: Pacer,
): Pieces<readonly CapturedFunction[]> {
  const omitted: CapturedFunction[] = [];
  const dumped = new Set(functions.map(({ address }) => address));
  for (const physical of functions) {
    const { sriov, vfRouting } = physical;
    if (sriov === null || vfRouting === null) continue;
    const before = omitted.length;
    for (let vfn = 1; vfn <= sriov.numVfs && dumped.size + omitted.length <= mostFunctions; vfn++) {
      yield* pacer.did(1 / 10);
      const address = virtualFunctionAddress(physical.address, vfRouting, vfn);
      // Undefined only for an offset or a stride that a real function cannot have.
      if (address === undefined || dumped.has(address)) continue;
      omitted.push({
        address,
        transport: 'pcie',
        driver: null,
        driverOverride: null,
        deviceId: null,
        iommuGroup: null,
        sriov: null,
        vfRouting: null,
        routingRecorded: false,
        virtualFunction: { physicalFunction: physical.address, vfn },
        unknown: new Set(['driver']),
        dumped: false,
      });
    }
    if (omitted.length > before)
      files.problem(
        file,
        `The sysfs dump lacks ${countWords(omitted.length - before, 'enabled virtual function')}`,
        {
          field: `${root}/${physical.address}/virtfn`,
          fix: 'Berth shows their drivers as unknown; record all functions to see them',
        },
      );
  }
  return omitted;
}
