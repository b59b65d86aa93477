import { identifyStructures as structures } from '#shared/nvme/commands/identify.ts';

/** The commands of nvme-cli whose output a capture keeps, by the file that it is in. */
const commandsByFile: Readonly<Record<string, string>> = {
  'id-ctrl.json': 'id-ctrl',
  'list-ns.json': 'list-ns',
  'list-ns-all.json': 'list-ns --all',
  'list-ctrl.json': 'list-ctrl',
  'primary-ctrl-caps.json': 'primary-ctrl-caps',
  'list-secondary.json': 'list-secondary',
};

/** The same by the structure of Identify that they ask for. */
const commandsByStructure: ReadonlyMap<number, string> = new Map([
  [structures.controller.value, 'id-ctrl'],
  [structures.activeNamespaces.value, 'list-ns'],
  [structures.allocatedNamespaces.value, 'list-ns --all'],
  [structures.controllers.value, 'list-ctrl'],
  [structures.primaryControllerCapabilities.value, 'primary-ctrl-caps'],
  [structures.secondaryControllers.value, 'list-secondary'],
]);

/** What to do about a file that is missing: `Record it with: nvme list-ns /dev/nvme0 -o json`. */
export function recordFileWith(file: string, device: string): string {
  return recordWith(commandsByFile[file], device);
}

/** The same for a structure of Identify. */
export function recordStructureWith(cns: number, device: string): string {
  return recordWith(commandsByStructure.get(cns), device);
}

function recordWith(command: string | undefined, device: string): string {
  if (command === undefined) return 'Record the capture again';
  const [name = '', ...options] = command.split(' ');
  return `Record it with: nvme ${[name, `/dev/${device}`, ...options, '-o json'].join(' ')}`;
}
