import { secondaryCntlids } from '../controller/secondaries.ts';
import { virtualFunctionAddress } from '../host/pci-address.ts';
import { array, type EditValue, number, record, text } from './loose-value.ts';

/**
 * Sensible values for new things in a file that may be half-written: whatever is not as the schema says counts as
 * absent.
 */

/** The name itself, or with the lowest number behind it that makes it unique. */
export function freeName(wanted: string, taken: Iterable<string>): string {
  const used = new Set(taken);
  if (!used.has(wanted)) return wanted;
  const base = wanted.replace(/-\d+$/, '');
  for (let index = 2; ; index++) if (!used.has(`${base}-${index}`)) return `${base}-${index}`;
}

/** `hv-a`, `hv-b`, … `hv-z`, then with numbers. */
export function freeHostName(file: EditValue): string {
  const taken = new Set(array(record(file).hosts).map((host) => text(record(host).name)));
  for (let code = 0; code < 26; code++) {
    const name = `hv-${String.fromCharCode(97 + code)}`;
    if (!taken.has(name)) return name;
  }
  return freeName('hv', taken);
}

/** First bus from 01 on with a device 00.0 such that the function and all its virtual functions are free. */
export function freePciAddress(
  file: EditValue,
  host: string,
  virtualFunctions = 0,
  sriov: EditValue = {},
): string {
  const [offset, stride] = [number(record(sriov).vfOffset, 1), number(record(sriov).vfStride, 1)];
  const taken = takenAddresses(file, host);
  for (let bus = 1; bus <= 0xff; bus++) {
    const address = `0000:${bus.toString(16).padStart(2, '0')}:00.0`;
    const all = [address, ...functionsOf(address, virtualFunctions, offset, stride)];
    if (all.length === virtualFunctions + 1 && all.every((one) => !taken.has(one))) return address;
  }
  return '0000:ff:1f.7';
}

function takenAddresses(file: EditValue, host: string): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const controller of controllersOf(file)) {
    const address = text(controller.address);
    if (text(controller.host) !== host || !/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/.test(address))
      continue;
    taken.add(address);
    const sriov = record(controller.sriov);
    const count = Math.min(number(sriov.totalVfs, 0), 0xffff);
    const [offset, stride] = [number(sriov.vfOffset, 1), number(sriov.vfStride, 1)];
    for (const one of functionsOf(address, count, offset, stride)) taken.add(one);
  }
  return taken;
}

function functionsOf(address: string, count: number, vfOffset: number, vfStride: number): string[] {
  const found: string[] = [];
  for (let vfn = 1; vfn <= count; vfn++) {
    const one = virtualFunctionAddress(address, { vfOffset, vfStride }, vfn);
    if (one === undefined) break;
    found.push(one);
  }
  return found;
}

/** First CNTLID of a run of `length` free ones in an NVM subsystem, from 1 on. */
export function freeCntlids(subsystem: EditValue, length: number): number {
  const taken = [...cntlidsOf(subsystem)].sort((left, right) => left - right);
  let first = 1;
  for (const id of taken) if (id >= first && id < first + length) first = id + 1;
  return first;
}

/** Every CNTLID of a subsystem, with those of secondaries. */
export function cntlidsOf(subsystem: EditValue): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const entry of array(record(subsystem).controllers)) {
    const controller = record(entry);
    const cntlid = number(controller.cntlid, -1);
    if (cntlid >= 0) ids.add(cntlid);
    for (const id of [...secondaryIds(controller), ...provisionedIds(controller)]) ids.add(id);
  }
  return ids;
}

function secondaryIds(controller: Readonly<Record<string, EditValue>>): readonly number[] {
  if (controller.role !== 'primary') return [];
  const secondaries = array(controller.secondaries).map((entry) => {
    const { vfn, cntlid } = record(entry);
    return { vfn: number(vfn, 0), ...(typeof cntlid === 'number' ? { cntlid } : {}) };
  });
  const first = controller.firstSecondaryCntlid;
  return secondaryCntlids({
    cntlid: number(controller.cntlid, 0),
    ...(typeof first === 'number' ? { firstSecondaryCntlid: first } : {}),
    sriov: { totalVfs: Math.min(0xffff, Math.max(0, number(record(controller.sriov).totalVfs, 0))) },
    secondaries,
  });
}

function provisionedIds({ role, provisioned }: Readonly<Record<string, EditValue>>): readonly number[] {
  const first = number(record(provisioned).firstCntlid, -1);
  if (role !== 'primary' || first < 0) return [];
  const count = Math.min(4096, Math.max(0, number(record(provisioned).maximum, 0)));
  return Array.from({ length: count }, (_, index) => first + index);
}

/** Lowest NSID that is free in an NVM subsystem. */
export function freeNsid(subsystem: EditValue): number {
  const taken = new Set(array(record(subsystem).namespaces).map((entry) => record(entry).nsid));
  for (let nsid = 1; ; nsid++) if (!taken.has(nsid)) return nsid;
}

/** An NQN in UUID form that no subsystem of the file has, counted up so that it needs no randomness. */
export function freeNqn(file: EditValue): string {
  const taken = new Set(array(record(file).subsystems).map((entry) => text(record(entry).nqn)));
  for (let index = 1; ; index++) {
    const nqn = `nqn.2014-08.org.nvmexpress:uuid:00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
    if (!taken.has(nqn)) return nqn;
  }
}

/** Every controller of the file. */
export function controllersOf(file: EditValue): readonly Readonly<Record<string, EditValue>>[] {
  return array(record(file).subsystems).flatMap((subsystem) =>
    array(record(subsystem).controllers).map(record),
  );
}
