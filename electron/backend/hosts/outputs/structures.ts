import { identifyStructures } from '#shared/nvme/commands/identify.ts';

/**
 * What a capture records of one controller: the file that holds it and the command that tells it. The one place for both,
 * so that "not recorded" always names the command whose output would be read.
 */
export const recordedStructures = {
  'id-ctrl': { title: 'Identify Controller', file: 'id-ctrl.json', command: 'nvme id-ctrl' },
  'list-ns': { title: 'the active namespaces', file: 'list-ns.json', command: 'nvme list-ns' },
  'list-ns-all': { title: 'all namespaces', file: 'list-ns-all.json', command: 'nvme list-ns --all' },
  'list-ctrl': {
    title: 'the controllers of the subsystem',
    file: 'list-ctrl.json',
    command: 'nvme list-ctrl',
  },
  'primary-ctrl-caps': {
    title: 'Primary Controller Capabilities',
    file: 'primary-ctrl-caps.json',
    command: 'nvme primary-ctrl-caps',
  },
  'list-secondary': {
    title: 'the Secondary Controller List',
    file: 'list-secondary.json',
    command: 'nvme list-secondary',
  },
  'show-regs': { title: 'the controller properties', file: 'show-regs.json', command: 'nvme show-regs' },
  'smart-log': { title: 'SMART / Health', file: 'smart-log.json', command: 'nvme smart-log' },
  'id-ns': { title: 'Identify Namespace', file: 'id-ns.json', command: 'nvme id-ns' },
  'ns-list-ctrl': {
    title: 'the controllers that the namespace is attached to',
    file: 'list-ctrl.json',
    command: 'nvme list-ctrl',
  },
} as const;
export type StructureName = keyof typeof recordedStructures;

const structureNames = Object.keys(recordedStructures) as StructureName[];

/** Whether a structure is of one namespace, so that its file and its command name one. */
function isOfNamespace(structure: StructureName): boolean {
  return structure === 'id-ns' || structure === 'ns-list-ctrl';
}

/** Path of a structure in a capture, below its snapshot: `nvme0/ns1-id-ns.json`. */
export function structureFile(device: string, structure: StructureName, nsid: number | null): string {
  const { file } = recordedStructures[structure];
  return isOfNamespace(structure) ? `${device}/ns${nsid ?? 0}-${file}` : `${device}/${file}`;
}

/** The command whose output is such a file: `nvme id-ns /dev/nvme0 -n 1 -o json`. */
export function tellingCommand(device: string, structure: StructureName, nsid: number | null): string {
  const [program, command, ...options] = recordedStructures[structure].command.split(' ');
  const ofNamespace = isOfNamespace(structure) ? ['-n', String(nsid ?? 1)] : [];
  return [program, command, `/dev/${device}`, ...ofNamespace, ...options, '-o json'].join(' ');
}

/** By the structure of Identify (CNS) that they ask a controller for. */
const namesByStructure: ReadonlyMap<number, StructureName> = new Map([
  [identifyStructures.controller.value, 'id-ctrl'],
  [identifyStructures.activeNamespaces.value, 'list-ns'],
  [identifyStructures.allocatedNamespaces.value, 'list-ns-all'],
  [identifyStructures.controllers.value, 'list-ctrl'],
  [identifyStructures.primaryControllerCapabilities.value, 'primary-ctrl-caps'],
  [identifyStructures.secondaryControllers.value, 'list-secondary'],
]);

/** The command that asks for a structure of Identify; null where no command is known for it. */
export function identifyTellingCommand(device: string, cns: number): string | null {
  const structure = namesByStructure.get(cns);
  return structure === undefined ? null : tellingCommand(device, structure, null);
}

/** What a file of a capture would hold, and the command that tells it; null for a file that no command is known for. */
export function tellingOfFile(file: string): { readonly what: string; readonly tellBy: string } | null {
  const [, device, nsid, name] = /(?:^|\/)(nvme\d{1,6})\/(?:ns(\d{1,10})-)?([a-z-]+\.json)$/.exec(file) ?? [];
  const structure = structureNames.find(
    (known) => recordedStructures[known].file === name && isOfNamespace(known) === (nsid !== undefined),
  );
  if (device === undefined || structure === undefined) return null;
  const namespace = nsid === undefined ? null : Number(nsid);
  const of = namespace === null ? device : `namespace ${namespace} of ${device}`;
  return {
    what: `${recordedStructures[structure].title} (${of})`,
    tellBy: tellingCommand(device, structure, namespace),
  };
}

/**
 * In a dump of sysfs that was made of another output: the facts that it does not tell, `driver sriov`. No attribute of the
 * kernel begins with a dot.
 */
export const unknownAttribute = '.unknown';

/** Commands for what the kernel knows. */
export const hostCommands = {
  /** Functions, drivers, SR-IOV. */
  pci: 'sudo lspci -D -nn -vvv -d ::0108',
  /** Addresses, states and NQNs of the controllers. */
  devices: 'nvme list-subsys -o json',
  /** One attribute of a controller. */
  attribute: (device: string, attribute: string) => `grep -H . /sys/class/nvme/${device}/${attribute}`,
  /** One attribute of a function. */
  functionAttribute: (address: string, attribute: string) =>
    `grep -H . /sys/bus/pci/devices/${address}/${attribute}`,
  /** Driver and IOMMU group of a function. */
  links: (address: string) => `ls -l /sys/bus/pci/devices/${address}`,
} as const;
