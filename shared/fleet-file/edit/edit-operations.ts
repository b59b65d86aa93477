import { virtualFunctionAddress } from '../host/pci-address.ts';
import type { FieldPath } from '../problems.ts';
import { freeCntlids, freeHostName, freeName, freeNqn, freeNsid, freePciAddress } from './defaults.ts';
import { insertItem, removeValue, setValue } from './json-text.ts';
import { array, type EditRecord, type EditValue, number, record, text, valueAt } from './loose-value.ts';
import { newHost, newMachine, newNamespace, newPlain, newPrimary, newSubsystem } from './new-objects.ts';

/** A new text, and the object to show then. */
export interface Edited {
  readonly text: string;
  readonly path: FieldPath;
}

/** What can be added, below which object. */
export type Addition = 'host' | 'subsystem' | 'virtual-machine' | 'primary' | 'plain' | 'namespace';

export function parseEdited(source: string): EditValue {
  return JSON.parse(source) as EditValue;
}

/**
 * Adds an object with sensible values behind the others of its kind. `parent` is the host of a virtual machine, the
 * NVM subsystem of a controller or namespace; `host` is where controllers go.
 */
export function addObject(source: string, what: Addition, parent: FieldPath, host: string): Edited {
  const file = parseEdited(source);
  const above = valueAt(file, parent);
  const put = (path: FieldPath, value: unknown): Edited => {
    const index = array(valueAt(file, path)).length;
    return { text: insertItem(source, path, index, value), path: [...path, index] };
  };
  switch (what) {
    case 'host':
      return put(['hosts'], newHost(file));
    case 'subsystem':
      return put(['subsystems'], newSubsystem(file, host));
    case 'virtual-machine':
      return put([...parent, 'virtualMachines'], newMachine(above));
    case 'primary':
      return put([...parent, 'controllers'], newPrimary(file, above, host));
    case 'plain':
      return put([...parent, 'controllers'], newPlain(file, above, host));
    case 'namespace':
      return put([...parent, 'namespaces'], newNamespace(above));
  }
}

/** Takes an object away; what was selected then is its parent. */
export function removeObject(source: string, path: FieldPath): Edited {
  return { text: removeValue(source, path), path: path.slice(0, -2) };
}

/** A copy right behind the object, with names, addresses and identifiers of its own and nobody's devices. */
export function duplicateObject(source: string, path: FieldPath): Edited {
  const index = path.at(-1);
  if (typeof index !== 'number') return { text: source, path };
  const file = parseEdited(source);
  const above = path.slice(0, -1);
  const copy = renewed(file, path, record(valueAt(file, path)));
  return { text: insertItem(source, above, index + 1, copy), path: [...above, index + 1] };
}

function renewed(file: EditValue, path: FieldPath, object: EditRecord): EditRecord {
  const parent = valueAt(file, path.slice(0, -2));
  switch (path.at(-2)) {
    case 'hosts':
      return {
        ...object,
        name: freeHostName(file),
        virtualMachines: array(object.virtualMachines).map((machine) => ({
          ...record(machine),
          devices: [],
        })),
      };
    case 'virtualMachines': {
      const names = array(record(parent).virtualMachines).map((machine) => text(record(machine).name));
      return { ...object, name: freeName(text(object.name), names), devices: [] };
    }
    case 'namespaces':
      return { ...object, nsid: freeNsid(parent), nguid: '', eui64: '', uuid: '', attachedTo: [] };
    case 'controllers':
      return renewedController(file, object, parent);
    default:
      return renewedSubsystem(file, object);
  }
}

function renewedSubsystem(file: EditValue, object: EditRecord): EditRecord {
  let grown = record(file);
  const controllers: EditValue[] = [];
  for (const entry of array(object.controllers)) {
    const controller = record(entry);
    const count = totalVfs(controller);
    const address =
      controller.address === null
        ? null
        : freePciAddress(grown, text(controller.host), count, controller.sriov);
    const moved = { ...withoutUse(controller), address };
    controllers.push(moved);
    grown = { ...grown, subsystems: [...array(grown.subsystems), { controllers: [moved] }] };
  }
  return { ...object, nqn: freeNqn(file), controllers };
}

function renewedController(file: EditValue, object: EditRecord, subsystem: EditValue): EditRecord {
  const count = totalVfs(object);
  const provisioned = record(object.provisioned);
  const provisionable = Math.max(0, number(provisioned.maximum, 0));
  const { firstSecondaryCntlid: _first, ...rest } = withoutUse(object);
  const cntlid = freeCntlids(subsystem, count + 1 + provisionable);
  return {
    ...rest,
    cntlid,
    address: object.address === null ? null : freePciAddress(file, text(object.host), count, object.sriov),
    ...(object.provisioned === undefined
      ? {}
      : { provisioned: { ...provisioned, functions: [], firstCntlid: cntlid + count + 1 } }),
  };
}

/** What belongs to one controller only: device numbers, groups, running state, members of virtual subsystems. */
function withoutUse(controller: EditRecord): EditRecord {
  const { deviceInstance: _instance, iommuGroup: _group, live: _live, ...rest } = controller;
  if (rest.role !== 'primary') return rest;
  const provisioned =
    rest.provisioned === undefined ? {} : { provisioned: { ...record(rest.provisioned), functions: [] } };
  return { ...rest, ...provisioned, secondaries: [], virtualSubsystems: [] };
}

function totalVfs(controller: EditRecord): number {
  if (controller.role !== 'primary') return 0;
  return Math.min(0xffff, Math.max(0, number(record(controller.sriov).totalVfs, 0)));
}

/** Sets one field; undefined takes it away, so that its default counts. Controllers follow a host's new name. */
export function setField(source: string, path: FieldPath, value: unknown): string {
  if (value === undefined) return removeValue(source, path);
  let changed = setValue(source, path, value);
  if (path.length !== 3 || path[0] !== 'hosts' || path[2] !== 'name') return changed;
  const file = parseEdited(source);
  const before = valueAt(file, path);
  const hosts = array(record(file).hosts).filter((host) => record(host).name === before);
  if (typeof before !== 'string' || hosts.length !== 1) return changed;
  for (const [index, subsystem] of array(record(file).subsystems).entries())
    for (const [at, controller] of array(record(subsystem).controllers).entries())
      if (record(controller).host === before)
        changed = setValue(changed, ['subsystems', index, 'controllers', at, 'host'], value);
  return changed;
}

/** A virtual function that a virtual machine may get. */
export interface AssignableFunction {
  readonly address: string;
  /** Path of its primary controller. */
  readonly primary: FieldPath;
  readonly vfn: number;
}

/** Every virtual function of a host, enabled or not. */
export function virtualFunctionsOf(file: EditValue, host: string): readonly AssignableFunction[] {
  return array(record(file).subsystems).flatMap((subsystem, index) =>
    array(record(subsystem).controllers).flatMap((entry, at) => {
      const controller = record(entry);
      const physical = text(controller.address);
      if (controller.role !== 'primary' || controller.host !== host || physical.length !== 12) return [];
      const sriov = record(controller.sriov);
      const place = { vfOffset: number(sriov.vfOffset, 1), vfStride: number(sriov.vfStride, 1) };
      return Array.from({ length: totalVfs(controller) }, (_, vf) => vf + 1).flatMap((vfn) => {
        const address = virtualFunctionAddress(physical, place, vfn);
        const primary = ['subsystems', index, 'controllers', at];
        return address === undefined ? [] : [{ address, primary, vfn }];
      });
    }),
  );
}

/**
 * Hands a virtual function to a virtual machine: enables it, binds it to vfio-pci and, if it has none yet, gives it
 * resources and takes it online.
 */
export function giveDevice(source: string, machine: FieldPath, device: AssignableFunction): string {
  const file = parseEdited(source);
  const devices = [...machine, 'devices'];
  let changed = insertItem(source, devices, array(valueAt(file, devices)).length, device.address);
  const primary = record(valueAt(file, device.primary));
  if (number(record(primary.sriov).numVfs, 0) < device.vfn)
    changed = setValue(changed, [...device.primary, 'sriov', 'numVfs'], device.vfn);
  const secondaries = array(primary.secondaries);
  const index = secondaries.findIndex((entry) => record(entry).vfn === device.vfn);
  const bound = { driver: 'vfio-pci', driverOverride: 'vfio-pci' };
  if (index < 0) {
    const ready = { vfn: device.vfn, ...firstResources(primary), online: true, ...bound };
    return insertItem(changed, [...device.primary, 'secondaries'], secondaries.length, ready);
  }
  for (const [key, value] of Object.entries(bound))
    changed = setValue(changed, [...device.primary, 'secondaries', index, key], value);
  return changed;
}

/** Two queues and one interrupt at least; four and two where a secondary may hold them. Fixed resources are not assigned. */
function firstResources(primary: EditRecord): { vq?: number; vi?: number } {
  const share = (key: 'vq' | 'vi', wanted: number) => {
    const resources = record(primary[key]);
    if (resources.kind !== 'flexible') return {};
    return { [key]: Math.min(wanted, number(resources.secondaryMaximum, wanted)) };
  };
  return { ...share('vq', 4), ...share('vi', 2) };
}
