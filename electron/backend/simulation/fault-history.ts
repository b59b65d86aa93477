import { opcodeName } from '#shared/nvme/commands/table.ts';
import type { NotedFault } from '#shared/simulation/device-faults.ts';
import { faultEffectWords } from '#shared/simulation/fault-words.ts';
import type { MetFault } from '../hosts/simulated/faults/fault-plan.ts';
import type { Clock } from '../ports.ts';

/** How many are kept for whoever asks later. */
const capacity = 500;

/** What was injected into a simulated fleet: every fault that met a command and everything else that somebody let go wrong, in order. */
export class FaultHistory {
  readonly #clock: Clock;
  readonly #listeners = new Set<(noted: NotedFault) => void>();
  #list: NotedFault[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  met({ hostId, controller, opcode, fault }: MetFault): void {
    const words = `Fault ${fault.number} hit ${opcodeName(opcode)} to ${hostId} ${controller}: ${faultEffectWords(fault.effect)}`;
    this.happened(words, [hostId]);
  }

  happened(words: string, hostIds: readonly string[]): void {
    const noted = { at: this.#clock.now(), words, hostIds: [...hostIds] };
    this.#list = [...this.#list.slice(1 - capacity), noted];
    for (const listener of this.#listeners) listener(noted);
  }

  /** Oldest first. */
  list(): readonly NotedFault[] {
    return this.#list;
  }

  onFault(listener: (noted: NotedFault) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
