import { opcodeName } from '#shared/nvme/commands/table.ts';
import type { Injection } from '#shared/simulation/acts.ts';
import { faultEffectWords } from '#shared/simulation/fault-words.ts';
import type { MetFault } from '../hosts/simulated/faults/fault-plan.ts';
import type { Clock } from '../ports.ts';

/** How many are kept for whoever asks later. */
const capacity = 500;

/** What was injected into a simulated fleet: every fault that met a command and every failure, in order. */
export class Injections {
  readonly #clock: Clock;
  readonly #listeners = new Set<(injection: Injection) => void>();
  #list: Injection[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  met({ hostId, controller, opcode, fault }: MetFault): void {
    const words = `Fault ${fault.number} met ${opcodeName(opcode)} to ${hostId} ${controller}: ${faultEffectWords(fault.effect)}`;
    this.happened(words, [hostId]);
  }

  happened(words: string, hostIds: readonly string[]): void {
    const injection = { at: this.#clock.now(), words, hostIds: [...hostIds] };
    this.#list = [...this.#list.slice(1 - capacity), injection];
    for (const listener of this.#listeners) listener(injection);
  }

  /** Oldest first. */
  list(): readonly Injection[] {
    return this.#list;
  }

  onInjection(listener: (injection: Injection) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
