import type { SimulationCommand } from '#shared/console/console-line.ts';
import { unreachable } from '#shared/result.ts';
import { isPrimary } from '../hosts/simulated/controller/controller.ts';
import { setTemperature } from '../hosts/simulated/controller/temperature.ts';
import {
  controllerOf,
  loseHostPower,
  losePower,
  stealResources,
} from '../hosts/simulated/faults/device-failures.ts';
import type { FaultEffect, PlannedFault } from '../hosts/simulated/faults/fault-plan.ts';
import { isPhysical, type PciFunction } from '../hosts/simulated/host/pci-function.ts';
import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import { removeNamespace } from '../hosts/simulated/subsystem/namespace-management.ts';
import type { LinkState } from '../hosts/simulated/virtual-machine/link-condition.ts';
import { type CommandOutput, printed, refused } from './command-output.ts';

type Named<Name extends SimulationCommand['name']> = Extract<SimulationCommand, { name: Name }>;

/** Lets something happen to a simulated host or to one of its drives. */
export function simulate(
  host: SimulatedHost,
  command: SimulationCommand,
  advance: ((milliseconds: number) => void) | undefined,
): CommandOutput {
  switch (command.name) {
    case 'berth link':
      return changeLink(host, command);
    case 'berth advance':
      if (!advance) return refused('berth advance: the time of this fleet passes by itself');
      advance(command.values.milliseconds ?? 0);
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
  command: Exclude<SimulationCommand, { name: 'berth link' | 'berth advance' }>,
): CommandOutput {
  const { controller } = entry;
  const { subsystem } = controller;
  switch (command.name) {
    case 'berth fault':
      return addFault(entry, command);
    case 'berth fault-list':
      return printed(subsystem.faults.list().map(faultLine).join(''));
    case 'berth fault-clear':
      subsystem.faults.clear();
      return printed('');
    case 'berth fatal':
    case 'berth function-reset': {
      const target = controllerOf(controller, command.values.cntlid ?? controller.cntlid);
      if (!target)
        return refused(`${command.name}: controller ${command.values.cntlid} is not of this drive`);
      if (command.name === 'berth fatal') {
        target.fatal = true;
        return printed('');
      }
      const its = [...host.kernel.functions.values()].find((known) => known.controller === target);
      if (!its) return refused(`${command.name}: its virtual function is not enabled`);
      host.kernel.functionReset(its);
      return printed('');
    }
    case 'berth power-loss':
      if (command.values.host) loseHostPower(host);
      else if (isPhysical(entry)) losePower(host, entry);
      else return refused(`${command.name}: name the physical function, which has the power`);
      return printed('');
    case 'berth remove-namespace': {
      const namespace = subsystem.namespaces.get(command.values['namespace-id'] ?? 0);
      if (!namespace)
        return refused(`${command.name}: there is no namespace ${command.values['namespace-id']}`);
      removeNamespace(subsystem, namespace);
      return printed('');
    }
    case 'berth temperature':
      setTemperature(controller, command.values.kelvin ?? 0);
      return printed('');
    case 'berth steal': {
      if (!isPrimary(controller)) return refused(`${command.name}: name a primary controller`);
      const type = command.values.rt === 1 ? 'vi' : 'vq';
      return printed(`${stealResources(controller, type, command.values.nr ?? 0)} taken\n`);
    }
    default:
      return unreachable(command);
  }
}

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
  const { occurrence = 1, count = 1 } = values;
  if (occurrence === 0 || count === 0) return refused('berth fault: --occurrence and --count begin at 1');
  const number = controller.subsystem.faults.add({
    opcode: values.opcode ?? null,
    cntlid: values.cntlid ?? null,
    occurrence,
    count,
    effect,
  });
  return printed(`fault ${number}\n`);
}

function faultLine({ number, opcode, cntlid, occurrence, count, seen, effect }: PlannedFault): string {
  const which = opcode === null ? 'any opcode' : `opcode 0x${opcode.toString(16).padStart(2, '0')}`;
  const where = cntlid === null ? 'any controller' : `controller ${cntlid}`;
  const last = occurrence + count - 1;
  return `fault ${number}: ${which}, ${where}, occurrence ${occurrence} to ${last}, ${seen} seen: ${effectWords(effect)}\n`;
}

function effectWords(effect: FaultEffect): string {
  switch (effect.kind) {
    case 'status':
      return `status 0x${effect.status.toString(16)}`;
    case 'delay':
      return `${effect.milliseconds} ms later`;
    case 'silence':
      return 'no completion';
    case 'wrong-length':
      return `${effect.bytes} bytes of data`;
    default:
      return unreachable(effect);
  }
}

function changeLink(host: SimulatedHost, { values }: Named<'berth link'>): CommandOutput {
  const { down, percent = 100, 'up-time': up, 'down-time': downTime } = values;
  if (percent === 0 || up === 0) return refused('berth link: give --down for a link that lets nothing pass');
  if ((up === undefined) !== (downTime === undefined))
    return refused('berth link: a flapping link needs --up-time and --down-time');
  const state: LinkState = down
    ? { kind: 'down' }
    : up !== undefined && downTime !== undefined
      ? { kind: 'flapping', upMilliseconds: up, downMilliseconds: downTime }
      : { kind: 'up', share: percent / 100 };
  host.setLink(state);
  return printed('');
}
