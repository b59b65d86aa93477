import { largestVirtualIdentifier } from '../../../../shared/nvme/commands/proposal/virtual-subsystem-management.ts';
import type { NvmeCliVersion } from '../../../../shared/nvme/nvme-cli/nvme-cli-text.ts';
import { option } from './define-option.ts';
import { functionCommands } from './function-commands.ts';
import { inspectionCommands } from './inspection-commands.ts';
import { logPageCommands } from './log-page-commands.ts';
import { migrationCommands } from './migration-commands.ts';
import type { CommandSpec, OptionSpec } from './option-spec.ts';

const format = option('output-format', 'o', 'format', 'Output format');
const human = option('human-readable', 'H', 'flag', 'Explain the bits of fields');
const raw = option('raw-binary', 'b', 'flag', 'Write the structure as it came');
const namespace = option('namespace-id', 'n', 'word', 'Namespace identifier');
const controllers = option('controllers', 'c', 'list', 'Controller identifiers, separated by commas');

const device = option('dev', '', 'text', 'Primary controller', { required: true });
const virtualNqn = option('virtual_nqn', '', 'text', 'NQN of the virtual subsystem');
const virtualId = option('vsid', '', 'short', 'Identifier of the virtual subsystem, instead of its NQN');
const secondaryDevice = option('secondary_dev', '', 'text', 'Secondary controller');
const secondaryId = option(
  'secondary_cntlid',
  '',
  'short',
  'Its controller identifier, where it has no device',
);

/**
 * The nvme subcommands of the console with their options, as nvme-cli 2.3 has them. The `virtual_subsys_…` commands
 * are those of the proposal (not in the ratified specification) and exist in Berth only.
 */
export const nvmeCommands = {
  'virt-mgmt': {
    name: 'virt-mgmt',
    summary: 'Manage flexible resources between primary and secondary controllers',
    device: 'operand',
    options: [
      option('cntlid', 'c', 'short', 'Controller identifier (CNTLID)'),
      option('rt', 'r', 'byte', 'Resource type: 0 VQ, 1 VI'),
      option('act', 'a', 'byte', 'Action: 1 primary allocation, 7 offline, 8 assign, 9 online'),
      option('nr', 'n', 'short', 'Number of controller resources'),
    ],
  },
  'list-secondary': {
    name: 'list-secondary',
    summary: 'List the secondary controllers of a primary controller',
    device: 'operand',
    options: [
      option('cntid', 'c', 'short', 'Lowest controller identifier to show'),
      namespace,
      option('num-entries', 'e', 'word', 'Number of entries to show'),
      format,
    ],
  },
  'primary-ctrl-caps': {
    name: 'primary-ctrl-caps',
    summary: 'Show Primary Controller Capabilities',
    device: 'operand',
    options: [option('cntlid', 'c', 'short', 'Controller identifier'), format, human],
  },
  'id-ctrl': {
    name: 'id-ctrl',
    summary: 'Show Identify Controller',
    device: 'operand',
    options: [format, raw],
  },
  'id-ns': {
    name: 'id-ns',
    summary: 'Show Identify Namespace',
    device: 'operand',
    options: [namespace, option('force', '', 'flag', 'Show it even when it is not attached'), raw, format],
  },
  'ns-descs': {
    name: 'ns-descs',
    summary: 'Show the identifiers of a namespace',
    device: 'operand',
    options: [namespace, format, raw],
  },
  'list-ns': {
    name: 'list-ns',
    summary: 'List the namespaces attached to a controller, or all of its subsystem',
    device: 'operand',
    options: [
      namespace,
      option('all', 'a', 'flag', 'All namespaces of the subsystem, attached or not'),
      format,
    ],
  },
  'list-ctrl': {
    name: 'list-ctrl',
    summary: 'List the controllers of the subsystem, or those attached to a namespace',
    device: 'operand',
    options: [option('cntid', 'c', 'short', 'Lowest controller identifier to show'), namespace, format],
  },
  'attach-ns': {
    name: 'attach-ns',
    summary: 'Attach a namespace to controllers',
    device: 'operand',
    options: [namespace, controllers],
  },
  'detach-ns': {
    name: 'detach-ns',
    summary: 'Detach a namespace from controllers',
    device: 'operand',
    options: [namespace, controllers],
  },
  'create-ns': {
    name: 'create-ns',
    summary: 'Create a namespace',
    device: 'operand',
    options: [
      option('nsze', 's', 'size', 'Size in logical blocks (NSZE)'),
      option('ncap', 'c', 'size', 'Capacity in logical blocks (NCAP)'),
      option('flbas', 'f', 'byte', 'Index of the LBA format (FLBAS)'),
      option('dps', 'd', 'byte', 'Data protection settings (DPS)'),
      option('nmic', 'm', 'byte', 'Sharing capabilities (NMIC): 1 shared'),
      option('block-size', 'b', 'size', 'Block size in bytes, instead of FLBAS'),
    ],
  },
  'delete-ns': {
    name: 'delete-ns',
    summary: 'Delete a namespace',
    device: 'operand',
    options: [namespace],
  },
  'admin-passthru': {
    name: 'admin-passthru',
    summary: 'Send any admin command',
    device: 'operand',
    options: [
      option('opcode', 'o', 'byte', 'Opcode'),
      namespace,
      option('data-len', 'l', 'word', 'Data length in bytes', { maximum: 1 << 20 }),
      option('cdw10', '4', 'word', 'Command dword 10'),
      option('cdw11', '5', 'word', 'Command dword 11'),
      option('cdw12', '6', 'word', 'Command dword 12'),
      option('cdw13', '7', 'word', 'Command dword 13'),
      option('cdw14', '8', 'word', 'Command dword 14'),
      option('cdw15', '9', 'word', 'Command dword 15'),
      raw,
      option('read', 'r', 'flag', 'Data travels from the controller'),
      option('write', 'w', 'flag', 'Data travels to the controller'),
      option(
        'input-file',
        'i',
        'text',
        'File with the data that travels to the controller; zeroes without it',
      ),
    ],
  },
  ...inspectionCommands,
  ...logPageCommands,
  ...migrationCommands,
  reset: { name: 'reset', summary: 'Controller reset', device: 'operand', options: [] },
  'subsystem-reset': {
    name: 'subsystem-reset',
    summary: 'NVM subsystem reset',
    device: 'operand',
    options: [],
  },
  'ns-rescan': {
    name: 'ns-rescan',
    summary: 'Look for namespaces again',
    device: 'operand',
    options: [],
  },
  ...functionCommands,
  virtual_subsys_create: {
    name: 'virtual_subsys_create',
    summary: 'Create a virtual subsystem (proposal)',
    device: 'option',
    options: [
      device,
      { ...virtualNqn, required: true },
      option('dev_vcid', '', 'short', 'Virtual controller identifier of the primary', {
        maximum: largestVirtualIdentifier,
        required: true,
      }),
    ],
  },
  virtual_subsys_add: {
    name: 'virtual_subsys_add',
    summary: 'Add a secondary controller to a virtual subsystem (proposal)',
    device: 'option',
    options: [
      device,
      virtualNqn,
      virtualId,
      secondaryDevice,
      secondaryId,
      option('secondary_dev_vcid', '', 'short', 'Virtual controller identifier of the secondary', {
        maximum: largestVirtualIdentifier,
        required: true,
      }),
    ],
  },
  virtual_subsys_remove: {
    name: 'virtual_subsys_remove',
    summary: 'Remove a secondary controller from a virtual subsystem (proposal)',
    device: 'option',
    options: [device, virtualNqn, virtualId, secondaryDevice, secondaryId],
  },
  virtual_subsys_delete: {
    name: 'virtual_subsys_delete',
    summary: 'Delete a virtual subsystem (proposal)',
    device: 'option',
    options: [device, virtualNqn, virtualId],
  },
  virtual_subsys_list: {
    name: 'virtual_subsys_list',
    summary: 'List the virtual subsystems of a primary controller (proposal)',
    device: 'option',
    options: [device, virtualNqn, virtualId, format],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

const verbose = option('verbose', 'v', 'flag', 'Say more');

/**
 * Commands whose letters nvme-cli 2.13 gave another meaning: `-o` of `admin-passthru` is the output format, which leaves
 * `-O` for the opcode, and `-v` of every command is `--verbose`, which leaves `-V` for the value of a feature.
 */
const newCommands: Readonly<Partial<Record<NvmeCommandName, CommandSpec>>> = {
  'admin-passthru': {
    ...nvmeCommands['admin-passthru'],
    options: [...withShort(nvmeCommands['admin-passthru'].options, 'opcode', 'O'), format, verbose],
  },
  'set-feature': {
    ...nvmeCommands['set-feature'],
    options: [...withShort(nvmeCommands['set-feature'].options, 'value', 'V'), verbose],
    // A value behind `-v` is an operand too many, and nvme-cli reads the first one only.
    ignoresSurplus: true,
  },
};

function withShort(options: readonly OptionSpec[], name: string, short: string): readonly OptionSpec[] {
  return options.map((known) => (known.name === name ? { ...known, short } : known));
}

/** The command as the given version of nvme-cli takes it. */
export function commandSpec(name: NvmeCommandName, version: NvmeCliVersion): CommandSpec {
  return (version === '2.13' ? newCommands[name] : undefined) ?? nvmeCommands[name];
}

export type NvmeCommandName = keyof typeof nvmeCommands;

export function isNvmeCommandName(name: string): name is NvmeCommandName {
  return Object.hasOwn(nvmeCommands, name);
}
