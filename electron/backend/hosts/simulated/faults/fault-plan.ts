import type { AdminCommand } from '#shared/nvme/command.ts';
import type { CommandFault, PlannedFault } from '#shared/simulation/faults.ts';

/** A command that met a fault. */
export interface MetFault {
  readonly hostId: string;
  /** `nvme1`, or the PCI address when the function has no device name. */
  readonly controller: string;
  readonly opcode: number;
  readonly fault: PlannedFault;
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

  /** Takes one out by its number; false when it does not wait any more. */
  remove(number: number): boolean {
    const before = this.#faults.length;
    this.#faults = this.#faults.filter((fault) => fault.number !== number);
    return this.#faults.length < before;
  }

  list(): readonly PlannedFault[] {
    return this.#faults;
  }

  /** The fault that a command meets. Every fault that matches counts it, and those that are used up are gone. */
  meet(cntlid: number, command: Pick<AdminCommand, 'opcode'>): PlannedFault | undefined {
    if (this.#faults.length === 0) return undefined;
    let met: PlannedFault | undefined;
    this.#faults = this.#faults.flatMap((fault) => {
      const matches =
        (fault.opcode === null || fault.opcode === command.opcode) &&
        (fault.cntlid === null || fault.cntlid === cntlid);
      if (!matches) return [fault];
      const seen = fault.seen + 1;
      if (seen >= fault.occurrence) met ??= { ...fault, seen };
      return seen >= fault.occurrence + fault.count - 1 ? [] : [{ ...fault, seen }];
    });
    return met;
  }
}
