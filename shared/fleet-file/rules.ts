import { maximumNqnBytes } from '../nvme/byte-view.ts';
import { isVfioDriver } from '../vfio/drivers.ts';
import { checkController } from './controller/controller-rules.ts';
import { shownFunctionAddresses } from './controller/provisioned-functions.ts';
import { provisionedCntlids, secondaryCntlids } from './controller/secondaries.ts';
import { checkLinkState } from './host/link-schema.ts';
import { virtualFunctionAddress } from './host/pci-address.ts';
import { checkNamespaces } from './namespace/namespace-rules.ts';
import { byteLengthOfNqn } from './nqn-length.ts';
import { type FieldPath, type FileProblem, ProblemList } from './problems.ts';
import type { FleetFile } from './schema.ts';
import { checkSizes } from './size-rules.ts';
import { checkDirtyLog, checkTracking } from './tracking/tracking-rules.ts';

/** Everything that must hold between the fields of a fleet file; each field by itself is checked by the schema. */
export function findFleetProblems(file: FleetFile): readonly FileProblem[] {
  const list = new ProblemList();
  checkSizes(list, file);
  // The other rules look at every controller that there would be.
  if (list.problems.length > 0) return list.problems;
  const hosts = new Map(file.hosts.map((host) => [host.name, host]));
  checkUnique(
    list,
    file.hosts.map((host, index) => ({ key: host.name, path: ['hosts', index, 'name'] })),
    'host name',
  );
  checkUnique(
    list,
    file.subsystems.map((subsystem, index) => ({ key: subsystem.nqn, path: ['subsystems', index, 'nqn'] })),
    'NVM subsystem NQN',
  );
  for (const [index, host] of file.hosts.entries()) {
    if (!isPowerOfTwo(host.pageSize))
      list.add(['hosts', index, 'pageSize'], `${host.pageSize} is not a power of two`, 'Write 4096 or 65536');
    for (const [place, size] of host.iommuPageSizes.entries())
      if (!isPowerOfTwo(size))
        list.add(
          ['hosts', index, 'iommuPageSizes', place],
          `${size} is not a power of two`,
          'Write 4096, 65536 or 2097152',
        );
    checkLinkState(list, ['hosts', index, 'linkState'], host.linkState);
  }
  for (const [index, subsystem] of file.subsystems.entries()) {
    const path = ['subsystems', index] as const;
    checkNqn(list, [...path, 'nqn'], subsystem.nqn);
    checkUnique(list, cntlidsOf(subsystem, path), 'CNTLID in this NVM subsystem');
    checkNamespaces(list, path, subsystem);
    checkTracking(list, path, subsystem);
    for (const [at, controller] of subsystem.controllers.entries()) {
      const controllerPath = [...path, 'controllers', at];
      if (!hosts.has(controller.host))
        list.add([...controllerPath, 'host'], `there is no host "${controller.host}"`, knownHosts(file));
      checkController(list, controllerPath, controller, subsystem.profile);
    }
  }
  checkAddresses(list, file);
  checkDeviceInstances(list, file);
  checkVirtualMachines(list, file);
  return list.problems;
}

/** Refuses NQNs that do not fit into the 223 bytes of NVMe Base 2.1, 4.7. */
function checkNqn(list: ProblemList, path: FieldPath, nqn: string): void {
  const length = byteLengthOfNqn(nqn);
  if (length > maximumNqnBytes)
    list.add(path, `the NQN takes ${length} bytes`, `Use at most ${maximumNqnBytes} bytes of UTF-8`);
}

interface KeyedPath {
  readonly key: string;
  readonly path: FieldPath;
}

function checkUnique(list: ProblemList, entries: readonly KeyedPath[], what: string): void {
  const seen = new Set<string>();
  for (const { key, path } of entries) {
    if (seen.has(key)) list.add(path, `${what} ${key} is used twice`, 'Give each its own');
    seen.add(key);
  }
}

function cntlidsOf(subsystem: FleetFile['subsystems'][number], path: FieldPath): readonly KeyedPath[] {
  return subsystem.controllers.flatMap((controller, index) => {
    const at = [...path, 'controllers', index];
    const own = [{ key: `${controller.cntlid}`, path: [...at, 'cntlid'] }];
    if (controller.role === 'plain') return own;
    return [
      ...own,
      ...secondaryCntlids(controller).map((id) => ({ key: `${id}`, path: [...at, 'firstSecondaryCntlid'] })),
      ...provisionedCntlids(controller).map((id) => ({
        key: `${id}`,
        path: [...at, 'provisioned', 'firstCntlid'],
      })),
    ];
  });
}

function checkAddresses(list: ProblemList, file: FleetFile): void {
  const entries: KeyedPath[] = [];
  for (const [index, subsystem] of file.subsystems.entries())
    for (const [at, controller] of subsystem.controllers.entries()) {
      const path = ['subsystems', index, 'controllers', at];
      if (controller.address === null) continue;
      entries.push({ key: `${controller.host} ${controller.address}`, path: [...path, 'address'] });
      if (controller.role === 'plain') continue;
      for (let vfn = 1; vfn <= controller.sriov.totalVfs; vfn++) {
        const address = virtualFunctionAddress(controller.address, controller.sriov, vfn);
        if (address !== undefined)
          entries.push({ key: `${controller.host} ${address}`, path: [...path, 'sriov'] });
      }
    }
  checkUnique(list, entries, 'PCI address of host');
}

function checkDeviceInstances(list: ProblemList, file: FleetFile): void {
  const entries: KeyedPath[] = [];
  for (const [index, subsystem] of file.subsystems.entries())
    for (const [at, controller] of subsystem.controllers.entries()) {
      const path = ['subsystems', index, 'controllers', at];
      const add = (instance: number | undefined, where: FieldPath) => {
        if (instance !== undefined)
          entries.push({ key: `${instance} of host ${controller.host}`, path: [...where, 'deviceInstance'] });
      };
      add(controller.deviceInstance, path);
      if (controller.role === 'primary')
        for (const [place, secondary] of controller.secondaries.entries())
          add(secondary.deviceInstance, [...path, 'secondaries', place]);
    }
  checkUnique(list, entries, 'device number');
}

function checkVirtualMachines(list: ProblemList, file: FleetFile): void {
  const owners = new Map<string, string>();
  for (const [index, host] of file.hosts.entries()) {
    const path = ['hosts', index, 'virtualMachines'];
    checkUnique(
      list,
      host.virtualMachines.map((machine, at) => ({ key: machine.name, path: [...path, at, 'name'] })),
      'virtual machine name',
    );
    const assignable = assignableFunctions(file, host.name);
    for (const [at, machine] of host.virtualMachines.entries()) {
      checkDirtyLog(list, [...path, at], machine);
      for (const [place, address] of machine.devices.entries()) {
        const field = [...path, at, 'devices', place];
        const key = `${host.name} ${address}`;
        const owner = owners.get(key);
        if (owner !== undefined)
          list.add(field, `${address} already belongs to ${owner}`, 'Give a function to one virtual machine');
        owners.set(key, machine.name);
        const driver = assignable.get(address);
        if (driver === undefined)
          list.add(
            field,
            `host ${host.name} has no function ${address}`,
            'Name a function that exists and is enabled',
          );
        else if (!isVfioDriver(driver))
          list.add(
            field,
            `${address} is not bound to vfio-pci`,
            'Write "driver": "vfio-pci" for that function',
          );
      }
    }
  }
}

/** Address and driver of every function of a host that exists (enabled virtual functions included). */
function assignableFunctions(file: FleetFile, host: string): ReadonlyMap<string, string | null> {
  const functions = new Map<string, string | null>();
  for (const subsystem of file.subsystems)
    for (const controller of subsystem.controllers) {
      if (controller.host !== host || controller.address === null) continue;
      functions.set(controller.address, controller.driver === undefined ? 'nvme' : controller.driver);
      if (controller.role === 'plain') continue;
      for (let vfn = 1; vfn <= Math.min(controller.sriov.numVfs, controller.sriov.totalVfs); vfn++) {
        const address = virtualFunctionAddress(controller.address, controller.sriov, vfn);
        const written = controller.secondaries.find((secondary) => secondary.vfn === vfn);
        if (address !== undefined) functions.set(address, written?.driver ?? null);
      }
      for (const address of shownFunctionAddresses(controller, subsystem.nqn))
        functions.set(address, 'vfio-siov');
    }
  return functions;
}

function knownHosts(file: FleetFile): string {
  return `Name one of the hosts in the file: ${file.hosts.map((host) => host.name).join(', ')}`;
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}
