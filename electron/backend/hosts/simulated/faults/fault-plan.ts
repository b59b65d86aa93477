import type { AdminCommand } from '#shared/nvme/command.ts';

/** What a fault does to the command that it meets. */
export type FaultEffect =
  /** Completes with this status without being executed: DNR in bit 14, SCT in 10:8, SC in 7:0. */
  | { readonly kind: 'status'; readonly status: number }
  /** Executed and completed so much later. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Never executed, never completed. */
  | { readonly kind: 'silence' }
  /** Executed, but the data has this many bytes: cut off, or filled with zeroes. */
  | { readonly kind: 'wrong-length'; readonly bytes: number };

/** Which commands a fault meets, and what it does to them. */
export interface CommandFault {
  /** Null meets every opcode. */
  readonly opcode: number | null;
  /** CNTLID of the controller that gets the command; null meets every controller of the NVM subsystem. */
  readonly cntlid: number | null;
  /** The first of the matching commands that it meets, counted from 1. */
  readonly occurrence: number;
  /** How many matching commands from there on. */
  readonly count: number;
  readonly effect: FaultEffect;
}

/** A fault with its number and how many matching commands there were so far. */
export interface PlannedFault extends CommandFault {
  readonly number: number;
  readonly seen: number;
}

/** The faults that wait in an NVM subsystem for commands. Where several match, the one that was added first wins. */
export class FaultPlan {
  #faults: PlannedFault[] = [];
  #next = 1;

  /** Answers the number of the fault. */
  add(fault: CommandFault): number {
    const number = this.#next++;
    this.#faults.push({ ...fault, number, seen: 0 });
    return number;
  }

  /** Waits for what a fleet file says. */
  restore(faults: readonly PlannedFault[]): void {
    this.#faults = [...faults];
    this.#next = Math.max(0, ...faults.map(({ number }) => number)) + 1;
  }

  clear(): void {
    this.#faults = [];
  }

  list(): readonly PlannedFault[] {
    return this.#faults;
  }

  /** What a command meets. Every fault that matches counts it, and those that are used up are gone. */
  meet(cntlid: number, command: Pick<AdminCommand, 'opcode'>): FaultEffect | undefined {
    if (this.#faults.length === 0) return undefined;
    let effect: FaultEffect | undefined;
    this.#faults = this.#faults.flatMap((fault) => {
      const matches =
        (fault.opcode === null || fault.opcode === command.opcode) &&
        (fault.cntlid === null || fault.cntlid === cntlid);
      if (!matches) return [fault];
      const seen = fault.seen + 1;
      if (seen >= fault.occurrence) effect ??= fault.effect;
      return seen >= fault.occurrence + fault.count - 1 ? [] : [{ ...fault, seen }];
    });
    return effect;
  }
}
