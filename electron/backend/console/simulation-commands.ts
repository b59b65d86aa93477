import { unreachable } from '#shared/result.ts';
import { clockModeSchema } from '#shared/simulation/clock-state.ts';
import { simulatedTimeWords } from '#shared/simulation/clock-words.ts';
import type { LinkState } from '#shared/simulation/device-faults.ts';
import { faultEffectWords } from '#shared/simulation/fault-words.ts';
import { commandFaultSchema, type FaultEffect, type PlannedFault } from '#shared/simulation/faults.ts';
import { lookUp } from '#shared/tables.ts';
import { setTemperature } from '../hosts/simulated/controller/temperature.ts';
import { controllerOf } from '../hosts/simulated/faults/device-faults.ts';
import type { PciFunction } from '../hosts/simulated/host/pci-function.ts';
import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import { type FoundFault, performFault } from '../simulation/perform-fault.ts';
import type { SimulatedClock } from '../simulation/simulated-clock.ts';
import { type CommandOutput, printed, refused } from './command-output.ts';
import type { SimulationCommand } from './grammar/console-command.ts';

type Named<Name extends SimulationCommand['name']> = Extract<SimulationCommand, { name: Name }>;

/** Lets something happen to a simulated host or to one of its drives. `clock` is absent where time passes by itself. */
export async function simulate(
  host: SimulatedHost,
  command: SimulationCommand,
  clock: SimulatedClock | undefined,
): Promise<CommandOutput> {
  switch (command.name) {
    case 'berth link':
      return changeLink(host, command);
    case 'berth advance':
    case 'berth clock':
      if (!clock) return refused(`${command.name}: this fleet has no simulated clock`);
      if (command.name === 'berth clock') return changeClock(clock, command);
      await clock.advance(command.values.milliseconds ?? 0);
      return printed('');
    default: {
      const entry = host.kernel.byDeviceName(command.device?.name ?? '');
      if (!entry) return refused(`${command.device?.text ?? ''}: No such file or directory`);
      return happen(host, entry, command);
    }
  }
}

function happen(
  host: SimulatedHost,
  entry: PciFunction,
  command: Exclude<SimulationCommand, { name: 'berth link' | 'berth advance' | 'berth clock' }>,
): CommandOutput {
  const { controller } = entry;
  const { faults } = controller.subsystem;
  const name = `${host.id} ${host.kernel.deviceName(entry) ?? entry.address}`;
  const own = { host, controller, name };
  switch (command.name) {
    case 'berth fault':
      return addFault(entry, command);
    case 'berth fault-list':
      return printed(faults.list().map(faultLine).join(''));
    case 'berth fault-clear': {
      const { number } = command.values;
      if (number === undefined) faults.clear();
      else if (!faults.remove(number)) return refused(`${command.name}: fault ${number} is not waiting`);
      return printed('');
    }
    case 'berth fatal':
    case 'berth function-reset': {
      const { cntlid } = command.values;
      const target = controllerOf(controller, cntlid ?? controller.cntlid);
      if (!target) return refused(`${command.name}: controller ${cntlid} is not a controller of this drive`);
      const kind = command.name === 'berth fatal' ? 'controller-fatal' : 'function-reset';
      const called = target === controller ? name : `${name} controller ${target.cntlid}`;
      return perform(command.name, { kind, target: { host, controller: target, name: called } });
    }
    case 'berth power-loss':
      return perform(
        command.name,
        command.values.host ? { kind: 'host-power-loss', host } : { kind: 'drive-power-loss', target: own },
      );
    case 'berth remove-namespace':
      return perform(command.name, {
        kind: 'remove-namespace',
        target: own,
        nsid: command.values['namespace-id'] ?? 0,
      });
    case 'berth temperature':
      setTemperature(controller, command.values.kelvin ?? 0);
      return printed('');
    case 'berth steal':
      return perform(command.name, {
        kind: 'steal-resources',
        target: own,
        resource: command.values.rt === 1 ? 'vi' : 'vq',
        count: command.values.nr ?? 0,
      });
    default:
      return unreachable(command);
  }
}

/** The same as from the window; only the words for the terminal are here. */
function perform(command: string, found: FoundFault): CommandOutput {
  const done = performFault(found);
  if (!done.ok) return refused(`${command}: ${done.error.message}`);
  return printed(done.value.taken === null ? '' : `${done.value.taken} taken\n`);
}

async function changeClock(clock: SimulatedClock, { values }: Named<'berth clock'>): Promise<CommandOutput> {
  const { mode, step, advance } = values;
  const wanted = mode === undefined ? undefined : clockModeSchema.safeParse(lookUp(modeWords, mode) ?? mode);
  if (wanted?.success === false)
    return refused(`berth clock: --mode takes one of: ${clockModeSchema.options.join(', ')}`);
  if (step && advance !== undefined) return refused('berth clock: give --step or --advance, not both');
  if (wanted !== undefined) clock.setMode(wanted.data);
  const ended = step ? await clock.step() : null;
  if (advance !== undefined) {
    clock.setMode('paused');
    await clock.advance(advance);
  }
  const happened = step ? `${ended?.what ?? 'nothing waits'}\n` : '';
  const state = clock.state();
  const next =
    state.next === null
      ? 'nothing waits'
      : `next at ${simulatedTimeWords(state.next.at)}: ${state.next.what}`;
  return printed(`${happened}${simulatedTimeWords(state.milliseconds)} simulated, ${state.mode}, ${next}\n`);
}

/** Short spellings. */
const modeWords: Readonly<Record<string, string>> = {
  '1x': 'real-time',
  '10x': 'ten-times',
  fast: 'as-fast-as-possible',
};

function addFault({ controller }: PciFunction, { values }: Named<'berth fault'>): CommandOutput {
  const effects: readonly (FaultEffect | null)[] = [
    values.status === undefined ? null : { kind: 'status', status: values.status },
    values.delay === undefined ? null : { kind: 'delay', milliseconds: values.delay },
    values.silence ? { kind: 'silence' } : null,
    values.length === undefined ? null : { kind: 'wrong-length', bytes: values.length },
  ];
  const [effect, ...more] = effects.filter((each) => each !== null);
  if (!effect || more.length > 0)
    return refused('berth fault: give one of --status, --delay, --silence and --length');
  const { opcode = null, cntlid = null, occurrence = 1, count = 1 } = values;
  const fault = commandFaultSchema.safeParse({ opcode, cntlid, occurrence, count, effect });
  if (!fault.success) {
    const [issue] = fault.error.issues;
    return refused(`berth fault: --${issue?.path.at(-1)?.toString() ?? 'effect'}: ${issue?.message ?? ''}`);
  }
  return printed(`fault ${controller.subsystem.faults.add(fault.data)}\n`);
}

function faultLine({ number, opcode, cntlid, occurrence, count, seen, effect }: PlannedFault): string {
  const which = opcode === null ? 'any opcode' : `opcode 0x${opcode.toString(16).padStart(2, '0')}`;
  const where = cntlid === null ? 'any controller' : `controller ${cntlid}`;
  const last = occurrence + count - 1;
  return `fault ${number}: ${which}, ${where}, occurrence ${occurrence} to ${last}, ${seen} seen: ${faultEffectWords(effect)}\n`;
}

function changeLink(host: SimulatedHost, { values }: Named<'berth link'>): CommandOutput {
  const { down, percent = 100, 'up-time': up, 'down-time': downTime } = values;
  if (percent === 0 || up === 0) return refused('berth link: give --down for a link that carries no data');
  if ((up === undefined) !== (downTime === undefined))
    return refused('berth link: a flapping link needs --up-time and --down-time');
  const state: LinkState = down
    ? { kind: 'down' }
    : up !== undefined && downTime !== undefined
      ? { kind: 'flapping', upMilliseconds: up, downMilliseconds: downTime }
      : { kind: 'up', share: percent / 100 };
  return perform('berth link', { kind: 'link', host, state });
}
