import { statusOfValue } from '../nvme/command.ts';
import { opcodeName } from '../nvme/commands/table.ts';
import { statusName } from '../nvme/status.ts';
import { unreachable } from '../result.ts';
import type { CommandFault, FaultEffect, PlannedFault } from './faults.ts';

/** `Invalid Field in Command (4002h)`, `300 ms late`, … */
export function faultEffectWords(effect: FaultEffect): string {
  switch (effect.kind) {
    case 'status': {
      const { status } = effect;
      return `${statusName(statusOfValue(status))} (${status.toString(16).toUpperCase().padStart(4, '0')}h)`;
    }
    case 'delay':
      return `completes ${effect.milliseconds} ms late`;
    case 'silence':
      return 'never completes';
    case 'wrong-length':
      return `returns ${effect.bytes} bytes of data`;
    default:
      return unreachable(effect);
  }
}

/** `the 2nd to 4th Migration Send`, as a person would say which commands are meant. */
export function faultCommandWords({ opcode, occurrence, count }: CommandFault): string {
  const what = opcode === null ? 'command' : opcodeName(opcode);
  if (count === 1) return `the ${ordinal(occurrence)} ${what}`;
  return `the ${ordinal(occurrence)} to ${ordinal(occurrence + count - 1)} ${what}`;
}

/** How many commands it has met, out of those that matched it. */
export function faultMetWords({ seen, occurrence }: PlannedFault): string {
  const met = Math.max(0, seen - occurrence + 1);
  if (seen === 0) return 'no matching command yet';
  return `${seen} matching, ${met} met`;
}

function ordinal(number: number): string {
  const teen = number % 100 >= 11 && number % 100 <= 13;
  const ending = teen ? 'th' : ({ 1: 'st', 2: 'nd', 3: 'rd' }[number % 10] ?? 'th');
  return `${number}${ending}`;
}
