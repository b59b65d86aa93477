import { option } from './define-option.ts';
import type { CommandSpec } from './option-spec.ts';

const cntlid = option(
  'cntlid',
  'c',
  'short',
  'Controller identifier of the primary controller or one of its secondary controllers',
);
const milliseconds = { maximum: 86_400_000 } as const;

/** What happens to simulated devices and hosts: faults and time. Words of Berth, not of nvme-cli. */
export const simulationCommands = {
  'berth fault': {
    name: 'berth fault',
    summary: 'Inject a fault into admin commands: status, delay, silence or wrong length',
    device: 'operand',
    options: [
      option('opcode', 'o', 'byte', 'Opcode; any opcode by default'),
      option(
        'cntlid',
        'c',
        'short',
        'Controller that gets the command; any controller of the NVM subsystem by default',
      ),
      option('occurrence', 'n', 'word', 'First matching command that the fault hits, from 1'),
      option('count', 'k', 'word', 'Number of matching commands to hit; 1 by default'),
      option('status', 's', 'short', 'Complete with this status: DNR in bit 14, SCT in 10:8, SC in 7:0', {
        maximum: 0x7fff,
      }),
      option('delay', 'd', 'word', 'Complete this many milliseconds later', milliseconds),
      option('silence', '', 'flag', 'Never complete'),
      option('length', 'l', 'word', 'Return this many bytes of data', { maximum: 1 << 20 }),
    ],
  },
  'berth fault-list': {
    name: 'berth fault-list',
    summary: 'List the waiting faults',
    device: 'operand',
    options: [],
  },
  'berth fault-clear': {
    name: 'berth fault-clear',
    summary: 'Remove the faults of the NVM subsystem',
    device: 'operand',
    options: [option('number', 'n', 'word', 'Number of the fault to remove; all by default')],
  },
  'berth fatal': {
    name: 'berth fatal',
    summary: 'Controller fatal status (CSTS.CFS) until a reset',
    device: 'operand',
    options: [cntlid],
  },
  'berth function-reset': {
    name: 'berth function-reset',
    summary: 'Function level reset, even of a function that a virtual machine owns',
    device: 'operand',
    options: [cntlid],
  },
  'berth power-loss': {
    name: 'berth power-loss',
    summary: 'Turn the power of the drive off and on again; with --host, of the whole host',
    device: 'operand',
    options: [option('host', '', 'flag', 'The host and all its drives')],
  },
  'berth remove-namespace': {
    name: 'berth remove-namespace',
    summary: 'Remove a namespace from the NVM subsystem',
    device: 'operand',
    options: [option('namespace-id', 'n', 'word', 'Namespace identifier', { required: true })],
  },
  'berth steal': {
    name: 'berth steal',
    summary: 'Allocate free flexible resources to the primary controller, as another program would',
    device: 'operand',
    options: [
      option('rt', 'r', 'byte', 'Resource type: 0 VQ, 1 VI', { maximum: 1 }),
      option('nr', 'n', 'short', 'Largest number to take', { required: true }),
    ],
  },
  'berth temperature': {
    name: 'berth temperature',
    summary: 'Set the temperature of the drive',
    device: 'operand',
    options: [
      option('kelvin', 'k', 'short', 'Composite temperature in kelvin; 323 is 50 °C', { required: true }),
    ],
  },
  'berth link': {
    name: 'berth link',
    summary: 'Set the migration link of the host: up, down, slow or flapping',
    device: 'none',
    options: [
      option('down', '', 'flag', 'Nothing passes'),
      option('percent', 'p', 'byte', 'Share of its full speed', { maximum: 100 }),
      option('up-time', 'u', 'word', 'Flapping: milliseconds up', milliseconds),
      option('down-time', 'd', 'word', 'Flapping: milliseconds down', milliseconds),
    ],
  },
  'berth clock': {
    name: 'berth clock',
    summary: 'Show or set how simulated time passes',
    device: 'none',
    options: [
      option('mode', 'm', 'text', 'real-time, ten-times, as-fast-as-possible or paused'),
      option('step', 's', 'flag', 'Pause, then end the wait that is due first'),
      option('advance', 'a', 'word', 'Pause, then let this many milliseconds pass', milliseconds),
    ],
  },
  'berth advance': {
    name: 'berth advance',
    summary: 'Let simulated time pass',
    device: 'none',
    options: [option('milliseconds', 'm', 'word', 'How long', { ...milliseconds, required: true })],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type SimulationCommandName = keyof typeof simulationCommands;

export function isSimulationCommandName(name: string): name is SimulationCommandName {
  return Object.hasOwn(simulationCommands, name);
}
