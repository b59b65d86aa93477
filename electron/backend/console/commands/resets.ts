import { type CommandOutput, printed, refused } from '../command-output.ts';
import type { KernelAnswer } from '../console-host.ts';
import type { CommandSpec } from '../grammar/option-spec.ts';
import { defineCommands } from './define-commands.ts';

const specs = {
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
} as const satisfies Readonly<Record<string, CommandSpec>>;

function resetOutput(subject: string, answer: KernelAnswer): CommandOutput {
  if (answer.ok) return printed('');
  const words = answer.errno === 'ENOTTY' ? 'NVM Subsystem Reset not supported.' : answer.text;
  return refused(`${subject}: ${words}`, 1, '', answer.refusal);
}

/** What the driver does without an admin command. */
export const resetCommands = defineCommands(specs, {
  reset: async ({ host }, { device }) => resetOutput('Reset', await host.resetDevice(device.name)),
  'subsystem-reset': async ({ host }, { device }) =>
    resetOutput('Subsystem-reset', await host.resetSubsystemOfDevice(device.name)),
  // Discovery reads the lists anew each time, so the driver has nothing stale to look up again.
  'ns-rescan': () => printed(''),
});
