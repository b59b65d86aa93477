import type { FleetFileInput } from '../schema.ts';
import { freeCntlids, freeHostName, freeName, freeNqn, freeNsid, freePciAddress } from './defaults.ts';
import { array, type EditValue, record, text } from './loose-value.ts';

type SubsystemInput = NonNullable<FleetFileInput['subsystems']>[number];
type ControllerInput = SubsystemInput['controllers'][number];
type NamespaceInput = NonNullable<SubsystemInput['namespaces']>[number];
type HostInput = FleetFileInput['hosts'][number];
type MachineInput = NonNullable<HostInput['virtualMachines']>[number];

const gib = 2 ** 30;
const newTotalVfs = 16;

/** The smallest fleet: one host, nothing in it. */
export function newFleet(): FleetFileInput {
  return {
    format: 'berth-fleet',
    version: 1,
    name: 'new-fleet',
    title: 'New fleet',
    description: '',
    seed: 42,
    hosts: [{ name: 'hv-a', virtualMachines: [] }],
    subsystems: [],
  };
}

export function newHost(file: EditValue): HostInput {
  return { name: freeHostName(file), virtualMachines: [] };
}

/** A drive with one primary controller on a host and one namespace. */
export function newSubsystem(file: EditValue, host: string): SubsystemInput {
  const subsystem = { controllers: [], namespaces: [] };
  const controller = newPrimary(file, subsystem, host);
  return {
    nqn: freeNqn(file),
    profile: 'berth',
    controllers: [controller],
    namespaces: [{ ...newNamespace(subsystem), attachedTo: [controller.cntlid] }],
  };
}

/** A primary controller with flexible resources for all its secondaries. */
export function newPrimary(file: EditValue, subsystem: EditValue, host: string): ControllerInput {
  const pool = { kind: 'flexible', total: 64, secondaryMaximum: 8, privateToPrimary: 9 } as const;
  return {
    role: 'primary',
    cntlid: freeCntlids(subsystem, newTotalVfs + 1),
    host,
    address: freePciAddress(file, host, newTotalVfs),
    driver: 'nvme',
    identify: { kind: 'fields', identity: newIdentity(file, subsystem) },
    sriov: { totalVfs: newTotalVfs, numVfs: newTotalVfs, driversAutoprobe: false },
    vq: pool,
    vi: pool,
    secondaries: [],
    virtualSubsystems: [],
  };
}

/** A controller without SR-IOV. */
export function newPlain(file: EditValue, subsystem: EditValue, host: string): ControllerInput {
  return {
    role: 'plain',
    cntlid: freeCntlids(subsystem, 1),
    host,
    address: freePciAddress(file, host),
    driver: 'nvme',
    identify: { kind: 'fields', identity: newIdentity(file, subsystem) },
  };
}

/** All controllers of a subsystem say the same of it, so another one takes the first one's identity. */
function newIdentity(file: EditValue, subsystem: EditValue) {
  const first = record(record(record(array(record(subsystem).controllers)[0]).identify).identity);
  const numbers = array(record(file).subsystems).length + 1;
  return {
    serialNumber: text(first.serialNumber) || `BERTH-${`${numbers}`.padStart(4, '0')}`,
    modelNumber: text(first.modelNumber) || 'Berth Simulated Drive',
    firmwareRevision: text(first.firmwareRevision) || '1.0',
  };
}

/** 100 GB in blocks of 4096 bytes, attached to nothing. */
export function newNamespace(subsystem: EditValue): NamespaceInput {
  return {
    nsid: freeNsid(subsystem),
    blocks: Math.floor(100e9 / 4096),
    blockSize: 4096,
    shared: true,
    attachedTo: [],
  };
}

export function newMachine(host: EditValue): MachineInput {
  const names = array(record(host).virtualMachines).map((machine) => text(record(machine).name));
  return { name: freeName('vm-1', names), vcpus: 2, memoryBytes: 4 * gib, devices: [] };
}
