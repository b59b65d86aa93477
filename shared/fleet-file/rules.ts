import type { Pieces } from '../bounds/pieces.ts';
import { maximumNqnBytes } from '../nvme/byte-view.ts';
import { isVfioDriver } from '../vfio/drivers.ts';
import { checkController } from './controller/controller-rules.ts';
import { shownFunctionAddresses } from './controller/provisioned-functions.ts';
import { provisionedCntlids, secondaryCntlids } from './controller/secondaries.ts';
import { checkLinkState } from './host/link-schema.ts';
import { virtualFunctionAddress } from './host/pci-address.ts';
import { checkNamespaces } from './namespace/namespace-rules.ts';
import { byteLengthOfNqn } from './nqn-length.ts';
import { type FieldPath, type FoundProblems, ProblemList } from './problems.ts';
import type { FleetFile } from './schema.ts';
import { checkSizes, SizeCount } from './size-rules.ts';
import { checkDirtyLog, checkTracking } from './tracking/tracking-rules.ts';

/** Everything that must hold between the fields of a fleet file; each field by itself is checked by the schema. */
export function* findFleetProblems(file: FleetFile): Pieces<FoundProblems> {
  const list = new ProblemList();
  const sizes = new SizeCount(list);
  yield* checkSizes(list, file, sizes);
  // The other rules look at every controller that there would be.
  if (list.problems.length === 0) {
    yield* checkHosts(list, file);
    yield* checkSubsystems(list, file, sizes);
    yield* checkUnique(list, addressesOf(file), 'PCI address of host');
    yield* checkUnique(list, deviceInstancesOf(file), 'device number');
    yield* checkVirtualMachines(list, file, sizes);
  }
  return { problems: list.problems, complete: !list.isFull };
}

function* checkHosts(list: ProblemList, file: FleetFile): Pieces<void> {
  yield* checkUnique(
    list,
    file.hosts.map((host, index) => ({ key: host.name, path: ['hosts', index, 'name'] })),
    'host name',
  );
  for (const [index, host] of file.hosts.entries()) {
    if (yield* list.isEnough()) return;
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
}

function* checkSubsystems(list: ProblemList, file: FleetFile, sizes: SizeCount): Pieces<void> {
  const hosts = new Set(file.hosts.map((host) => host.name));
  yield* checkUnique(
    list,
    file.subsystems.map((subsystem, index) => ({ key: subsystem.nqn, path: ['subsystems', index, 'nqn'] })),
    'NVM subsystem NQN',
  );
  for (const [index, subsystem] of file.subsystems.entries()) {
    if (yield* list.isEnough()) return;
    const path = ['subsystems', index] as const;
    checkNqn(list, [...path, 'nqn'], subsystem.nqn);
    yield* checkUnique(list, cntlidsOf(subsystem, path), 'CNTLID in this NVM subsystem');
    yield* checkNamespaces(list, path, subsystem);
    yield* checkTracking(list, path, subsystem, sizes);
    for (const [at, controller] of subsystem.controllers.entries()) {
      if (yield* list.isEnough()) return;
      const controllerPath = [...path, 'controllers', at];
      if (!hosts.has(controller.host))
        list.add([...controllerPath, 'host'], `there is no host "${controller.host}"`, knownHosts(file));
      yield* checkController(list, controllerPath, controller, subsystem.profile);
    }
  }
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

function* checkUnique(list: ProblemList, entries: Iterable<KeyedPath>, what: string): Pieces<void> {
  const seen = new Set<string>();
  for (const { key, path } of entries) {
    if (yield* list.isEnough()) return;
    if (seen.has(key)) list.add(path, `${what} ${key} is used twice`, 'Give each its own');
    seen.add(key);
  }
}

function* cntlidsOf(subsystem: FleetFile['subsystems'][number], path: FieldPath): Iterable<KeyedPath> {
  for (const [index, controller] of subsystem.controllers.entries()) {
    const at = [...path, 'controllers', index];
    yield { key: `${controller.cntlid}`, path: [...at, 'cntlid'] };
    if (controller.role === 'plain') continue;
    for (const id of secondaryCntlids(controller))
      yield { key: `${id}`, path: [...at, 'firstSecondaryCntlid'] };
    for (const id of provisionedCntlids(controller))
      yield { key: `${id}`, path: [...at, 'provisioned', 'firstCntlid'] };
  }
}

function* addressesOf(file: FleetFile): Iterable<KeyedPath> {
  for (const [index, subsystem] of file.subsystems.entries())
    for (const [at, controller] of subsystem.controllers.entries()) {
      const path = ['subsystems', index, 'controllers', at];
      if (controller.address === null) continue;
      yield { key: `${controller.host} ${controller.address}`, path: [...path, 'address'] };
      if (controller.role === 'plain') continue;
      for (let vfn = 1; vfn <= controller.sriov.totalVfs; vfn++) {
        const address = virtualFunctionAddress(controller.address, controller.sriov, vfn);
        if (address !== undefined) yield { key: `${controller.host} ${address}`, path: [...path, 'sriov'] };
      }
    }
}

function* deviceInstancesOf(file: FleetFile): Iterable<KeyedPath> {
  for (const [index, subsystem] of file.subsystems.entries())
    for (const [at, controller] of subsystem.controllers.entries()) {
      const path = ['subsystems', index, 'controllers', at];
      const key = (instance: number) => `${instance} of host ${controller.host}`;
      if (controller.deviceInstance !== undefined)
        yield { key: key(controller.deviceInstance), path: [...path, 'deviceInstance'] };
      if (controller.role === 'plain') continue;
      for (const [place, { deviceInstance }] of controller.secondaries.entries())
        if (deviceInstance !== undefined)
          yield { key: key(deviceInstance), path: [...path, 'secondaries', place, 'deviceInstance'] };
    }
}

function* checkVirtualMachines(list: ProblemList, file: FleetFile, sizes: SizeCount): Pieces<void> {
  const owners = new Map<string, string>();
  for (const [index, host] of file.hosts.entries()) {
    if (yield* list.isEnough()) return;
    const path = ['hosts', index, 'virtualMachines'];
    yield* checkUnique(
      list,
      host.virtualMachines.map((machine, at) => ({ key: machine.name, path: [...path, at, 'name'] })),
      'virtual machine name',
    );
    const assignable = yield* assignableFunctions(list, file, host.name);
    for (const [at, machine] of host.virtualMachines.entries()) {
      yield* checkDirtyLog(list, [...path, at], machine, sizes);
      for (const [place, address] of machine.devices.entries()) {
        if (yield* list.isEnough()) return;
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
function* assignableFunctions(
  list: ProblemList,
  file: FleetFile,
  host: string,
): Pieces<ReadonlyMap<string, string | null>> {
  const functions = new Map<string, string | null>();
  for (const subsystem of file.subsystems)
    for (const controller of subsystem.controllers) {
      if (controller.host !== host || controller.address === null) continue;
      functions.set(controller.address, controller.driver === undefined ? 'nvme' : controller.driver);
      if (controller.role === 'plain') continue;
      const written = new Map(controller.secondaries.map(({ vfn, driver }) => [vfn, driver ?? null]));
      const enabled = Math.min(controller.sriov.numVfs, controller.sriov.totalVfs);
      yield* list.isEnough(written.size);
      for (let vfn = 1; vfn <= enabled; vfn++) {
        yield* list.isEnough();
        const address = virtualFunctionAddress(controller.address, controller.sriov, vfn);
        if (address !== undefined) functions.set(address, written.get(vfn) ?? null);
      }
      for (const address of shownFunctionAddresses(controller, subsystem.nqn)) {
        yield* list.isEnough(10);
        functions.set(address, 'vfio-siov');
      }
    }
  return functions;
}

function knownHosts(file: FleetFile): string {
  return `Name one of the hosts in the file: ${file.hosts.map((host) => host.name).join(', ')}`;
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}
