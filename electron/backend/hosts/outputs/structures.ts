import { identifyStructures } from '#shared/nvme/commands/identify.ts';

/** `list-ns --all` writes `list-ns-all.json`. */
const recordedBy = (subcommand: string, title: string) => ({
  title,
  file: `${subcommand.replace(' --', '-')}.json`,
  command: `nvme ${subcommand}`,
});

/**
 * What a capture records of one controller: the file that holds it and the command that tells it. The one place for both,
 * so that "not recorded" always names the command whose output would be read.
 */
export const recordedStructures = {
  'id-ctrl': recordedBy('id-ctrl', 'Identify Controller'),
  'list-ns': recordedBy('list-ns', 'the active namespaces'),
  'list-ns-all': recordedBy('list-ns --all', 'all namespaces'),
  'list-ctrl': recordedBy('list-ctrl', 'the controllers of the subsystem'),
  'primary-ctrl-caps': recordedBy('primary-ctrl-caps', 'Primary Controller Capabilities'),
  'list-secondary': recordedBy('list-secondary', 'the Secondary Controller List'),
  'show-regs': recordedBy('show-regs', 'the controller properties'),
  'smart-log': recordedBy('smart-log', 'SMART / Health'),
  'id-ns': recordedBy('id-ns', 'Identify Namespace'),
  'ns-list-ctrl': recordedBy('list-ctrl', 'the controllers that the namespace is attached to'),
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
  /** Which controller a function is, with its CNTLID. */
  identifiers: 'nvme list -v -o json',
  /** One attribute of a controller. */
  attribute: (device: string, attribute: string) => `grep -H . /sys/class/nvme/${device}/${attribute}`,
  /** One attribute of a function. */
  functionAttribute: (address: string, attribute: string) =>
    `grep -H . /sys/bus/pci/devices/${address}/${attribute}`,
  /** Driver and IOMMU group of a function. */
  links: (address: string) => `ls -l /sys/bus/pci/devices/${address}`,
} as const;
