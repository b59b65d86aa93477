import { identifyCommand, identifyStructures } from '#shared/nvme/commands/identify.ts';
import { decodeIdentifyNamespace } from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { controllerToAsk } from '../../nvme/ask-controller.ts';
import type { ConsoleHost } from '../console-host.ts';
import { readAttribute } from '../read-attribute.ts';

/** One controller as `/sys/class/nvme` has it. */
export interface ListedController {
  /** `nvme0` */
  readonly name: string;
  readonly cntlid: string;
  readonly serial: string;
  readonly model: string;
  readonly firmware: string;
  readonly transport: string;
  readonly address: string;
  readonly state: string;
}

export interface ListedNamespace {
  /** `nvme0n1` */
  readonly name: string;
  readonly nsid: number;
  /** Logical blocks that are in use (NUSE). */
  readonly used: number;
  readonly blocks: number;
  readonly blockSize: number;
  readonly metadata: number;
  /** `nvme0`, `nvme2` */
  readonly controllers: readonly string[];
}

export interface ListedSubsystem {
  /** `nvme-subsys0` */
  readonly name: string;
  readonly nqn: string;
  readonly controllers: readonly ListedController[];
  readonly namespaces: readonly ListedNamespace[];
  /** The kernel gives the namespaces to the NVM subsystem and paths to its controllers. */
  readonly multipath: boolean;
}

/** What nvme-cli lists: from sysfs, and how full each namespace is from Identify Namespace. */
export async function listHost(host: ConsoleHost): Promise<readonly ListedSubsystem[]> {
  const root = '/sys/class/nvme-subsystem';
  const listed = await host.connection.functions();
  const addresses = new Map(
    (listed.ok ? listed.value : []).map(({ deviceName, address }) => [deviceName, address]),
  );
  const subsystems: ListedSubsystem[] = [];
  for (const name of byNumber(host.sysfs.list(root) ?? [])) {
    const nqn = readAttribute(host, `${root}/${name}/subsysnqn`);
    const inside = host.sysfs.list(`${root}/${name}`) ?? [];
    const controllers = byNumber(inside.filter((each) => /^nvme\d+$/.test(each))).map((each) =>
      listController(host, each),
    );
    const namespaces: ListedNamespace[] = [];
    for (const device of host.namespaces().filter(({ subsystemNqn }) => subsystemNqn === nqn)) {
      const through = addresses.get(device.controllers[0] ?? null);
      const size = { nsid: device.nsid, blocks: device.blocks, blockSize: device.blockSize };
      const told = through === undefined ? null : await identifyNamespace(host, through, device.nsid);
      const { name: namespace, controllers: paths } = device;
      namespaces.push({
        name: namespace,
        controllers: paths,
        ...size,
        used: told?.used ?? device.blocks,
        metadata: told?.metadata ?? 0,
      });
    }
    const multipath = inside.some((each) => /^nvme\d+n\d+$/.test(each));
    subsystems.push({ name, nqn, controllers, namespaces, multipath });
  }
  return subsystems;
}

function listController(host: ConsoleHost, name: string): ListedController {
  const read = (file: string) => readAttribute(host, `/sys/class/nvme/${name}/${file}`);
  return {
    name,
    cntlid: read('cntlid'),
    serial: read('serial'),
    model: read('model'),
    firmware: read('firmware_rev'),
    transport: read('transport'),
    address: read('address'),
    state: read('state'),
  };
}

async function identifyNamespace(
  host: ConsoleHost,
  address: string,
  nsid: number,
): Promise<{ readonly used: number; readonly metadata: number } | null> {
  const queue = host.connection.adminQueue(address);
  if (!queue.ok) return null;
  const answer = await controllerToAsk(queue.value, address, host.timeout).submit(
    identifyCommand(identifyStructures.namespace, { nsid }),
  );
  const decoded = decodeIdentifyNamespace(
    answer.ok ? (answer.value.data ?? new Uint8Array(0)) : new Uint8Array(0),
  );
  if (!decoded.ok) return null;
  const { nuse, flbas, lbafs } = decoded.value;
  return { used: Number(nuse), metadata: lbafs[flbas & 0xf]?.ms ?? 0 };
}

function byNumber(names: readonly string[]): readonly string[] {
  return [...names].sort((left, right) => left.localeCompare(right, 'en', { numeric: true }));
}
