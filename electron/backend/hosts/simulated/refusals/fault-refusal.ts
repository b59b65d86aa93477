import { faultCommandWords } from '#shared/simulation/fault-words.ts';
import type { PlannedFault } from '#shared/simulation/faults.ts';
import type { Refusal } from '../../refusal.ts';

/** A status that a fault of the simulation answers in the controller's place. */
export function faultRefusal(fault: PlannedFault): Refusal {
  const { number, seen, occurrence, count } = fault;
  const left = occurrence + count - 1 - seen;
  return {
    cause: `Fault ${number} of the simulation answers this to ${faultCommandWords(fault)}; the command was not executed`,
    fix: left > 0 ? 'Take the fault away' : 'Send it again: the fault is used up',
    lines: [],
  };
}
