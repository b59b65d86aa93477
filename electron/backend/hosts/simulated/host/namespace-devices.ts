import type { SimulatedController } from '../state/controller.ts';
import type { SimulatedSubsystem } from '../state/subsystem.ts';
import type { SimulatedKernel } from './kernel.ts';

/** A namespace's block device, `/dev/nvme0n1`, and the controllers through which the host reaches it. */
export interface NamespaceDevice {
  readonly name: string;
  readonly subsystemNqn: string;
  readonly nsid: number;
  /** Size in logical blocks. */
  readonly blocks: number;
  /** Bytes of a logical block, without metadata. */
  readonly blockSize: number;
  /** `nvme0`, `nvme2`. */
  readonly controllers: readonly string[];
}

/** CMIC. */
const multipathOffset = 76;

/** Whether Linux gives the namespaces to the NVM subsystem, for several controllers, and not to the controller alone. */
export function sharesNamespaces({
  identifyTemplate,
}: Pick<SimulatedController, 'identifyTemplate'>): boolean {
  return ((identifyTemplate[multipathOffset] ?? 0) & 2) !== 0;
}

/**
 * Linux names a namespace after its NVM subsystem's instance, which is that of the first controller found in it, and
 * numbers the namespaces in the order of their NSIDs.
 */
export function namespaceDevices(kernel: SimulatedKernel): readonly NamespaceDevice[] {
  const reached = new Map<SimulatedSubsystem, { instance: number; cntlid: number }[]>();
  for (const entry of kernel.functions.values()) {
    if (entry.instance === null || entry.probeEndsAt !== null || entry.controller.isOffline) continue;
    const paths = reached.get(entry.controller.subsystem) ?? [];
    paths.push({ instance: entry.instance, cntlid: entry.controller.cntlid });
    reached.set(entry.controller.subsystem, paths);
  }
  const devices: NamespaceDevice[] = [];
  for (const [subsystem, paths] of reached) {
    paths.sort((left, right) => left.instance - right.instance);
    let number = 0;
    for (const namespace of subsystem.namespaces.values()) {
      const through = paths.filter((path) => namespace.attachedTo.has(path.cntlid));
      if (through.length === 0) continue;
      devices.push({
        name: `nvme${paths[0]?.instance}n${++number}`,
        subsystemNqn: subsystem.nqn,
        nsid: namespace.nsid,
        blocks: namespace.file.blocks,
        blockSize: namespace.file.blockSize,
        controllers: through.map((path) => `nvme${path.instance}`),
      });
    }
  }
  return devices;
}
