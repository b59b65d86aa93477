import { identifyCommand, identifyStructures } from '#shared/nvme/commands/identify.ts';
import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import type { NvmeFunction } from '../../hosts/host-connection.ts';
import { askController, controllerToAsk } from '../../nvme/ask-controller.ts';
import type { ConsoleHost } from '../console-host.ts';

type Host = Pick<ConsoleHost, 'connection' | 'timeout'>;
type Connection = Host['connection'];

/** The text of a sysfs attribute without its line end; null when there is no such file on this host. */
export async function readSysfs(host: Host, path: string): Promise<string | null> {
  const found = await functionOfPath(host.connection, path);
  if (found === null) return null;
  const { fn, below, isDevice } = found;
  const attribute = isDevice ? below.replace(/^device\//, '') : below;
  if (!isDevice || attribute !== below) return pciAttribute(fn, attribute);
  if (attribute === 'state') return 'live';
  if (attribute === 'transport') return fn.transport;
  if (attribute === 'address') return fn.address;
  return identityAttribute(host, fn, attribute);
}

function pciAttribute(fn: NvmeFunction, attribute: string): string | null {
  if (fn.sriov === null) return null;
  switch (attribute) {
    case 'sriov_numvfs':
      return String(fn.sriov.numVfs);
    case 'sriov_totalvfs':
      return String(fn.sriov.totalVfs);
    case 'sriov_drivers_autoprobe':
      return fn.sriov.driversAutoprobe ? '1' : '0';
    default:
      return null;
  }
}

// The driver keeps what Identify Controller said when it started.
async function identityAttribute(
  { connection, timeout }: Host,
  fn: NvmeFunction,
  attribute: string,
): Promise<string | null> {
  const keys: Readonly<Record<string, 'cntlid' | 'sn' | 'mn' | 'fr' | 'subnqn'>> = {
    cntlid: 'cntlid',
    serial: 'sn',
    model: 'mn',
    firmware_rev: 'fr',
    subsysnqn: 'subnqn',
  };
  const key = keys[attribute];
  const queue = connection.adminQueue(fn.address);
  if (key === undefined || !queue.ok) return null;
  const answer = await askController(controllerToAsk(queue.value, fn.address, timeout), {
    command: identifyCommand(identifyStructures.controller),
    what: 'Identify Controller',
    decode: decodeIdentifyController,
  });
  return answer.ok ? String(answer.value[key]).trimEnd() : null;
}

/** The target of a link as sysfs writes it, relative to its folder; null when there is no such link. */
export async function readSysfsLink(connection: Connection, path: string): Promise<string | null> {
  const found = await functionOfPath(connection, path);
  if (found === null) return null;
  const { fn, below } = found;
  // A function behind a bridge lies one folder deeper than one on bus 0.
  const up = `${'../'.repeat(fn.address.slice(5, 7) === '00' ? 3 : 4)}`;
  const link = below.replace(/^device\//, '');
  const virtual = /^virtfn(\d+)$/.exec(link)?.[1];
  if (link === 'driver') return fn.driver === null ? null : `${up}bus/pci/drivers/${fn.driver}`;
  if (link === 'iommu_group')
    return fn.iommuGroup === null ? null : `${up}kernel/iommu_groups/${fn.iommuGroup}`;
  if (link === 'physfn')
    return fn.virtualFunction === null ? null : `../${fn.virtualFunction.physicalFunction}`;
  if (virtual === undefined) return null;
  const functions = await connection.functions();
  const target = functions.ok
    ? functions.value.find(
        (other) =>
          other.virtualFunction?.physicalFunction === fn.address &&
          other.virtualFunction.vfn === Number(virtual) + 1,
      )
    : undefined;
  return target === undefined ? null : `../${target.address}`;
}

interface FoundPath {
  readonly fn: NvmeFunction;
  /** What comes behind the function's or the device's own folder. */
  readonly below: string;
  /** The path went through `/sys/class/nvme`. */
  readonly isDevice: boolean;
}

async function functionOfPath(connection: Connection, path: string): Promise<FoundPath | null> {
  const match = /^\/sys\/(bus\/pci\/devices|class\/nvme)\/([^/]+)\/(.+)$/.exec(path);
  if (match === null) return null;
  const [, root, name, below = ''] = match;
  const isDevice = root === 'class/nvme';
  const functions = await connection.functions();
  if (!functions.ok) return null;
  const fn = functions.value.find((known) => (isDevice ? known.deviceName : known.address) === name);
  return fn === undefined ? null : { fn, below, isDevice };
}
