import type { Clock } from '../ports.ts';

/** What a program that runs a procedure does to the world outside it, and when it can be killed. */
export interface Moment {
  /**
   * `journal`: a write of the journal. `effect`: a command or a call that changes something, on its way to a device or
   * host. `in flight`: it was handed over and takes effect when nobody waits for it any more.
   */
  readonly at: 'before journal' | 'after journal' | 'before effect' | 'effect in flight' | 'after effect';
  /** `step-started 3`, `hv-a virtualMachines.pause db-primary`. */
  readonly what: string;
}

/** What goes wrong with one effect while the program lives on. */
export type Trouble =
  /** It takes effect; its answer is a timeout. */
  | 'completion lost'
  /** It takes effect and is answered after the program's patience, `slowMilliseconds` after it was sent. */
  | 'slow'
  /** It is answered with a timeout, and takes effect `lateMilliseconds` after it was sent. */
  | 'late'
  /** It has no effect, and is answered with an error that may pass. */
  | 'refused'
  /** The same each time that it is asked for. */
  | 'always refused';

export interface LifePlan {
  /** The number of the moment that is its last, counted from 1; left out: it lives on. */
  readonly killAt?: number;
  /** Trouble with the effect of this number, counted from 1. */
  readonly trouble?: { readonly effect: number; readonly kind: Trouble };
}

/** Never: what a dead program waits for does not come. */
export const never = new Promise<never>(() => undefined);

/**
 * One life of the program, from its start to its end or its kill. Everything that it does to the world passes here, is
 * numbered, and can be its last. What a dead program still does has no effect, and what it waits for never comes.
 */
export class Life {
  readonly moments: Moment[] = [];
  /** Resolves when it is killed. */
  readonly death: Promise<void>;
  #effects = 0;
  /** What is refused each time. */
  #refused: string | null = null;
  #isAlive = true;
  #die: () => void = () => undefined;
  /** Ends each wait of the program. */
  readonly #sleeping = new Set<() => void>();

  readonly #plan: LifePlan;

  constructor(plan: LifePlan = {}) {
    this.#plan = plan;
    this.death = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Whether something that it had handed over was still on its way when it died. */
  get leftInFlight(): boolean {
    return !this.#isAlive && this.moments.at(-1)?.at === 'effect in flight';
  }

  /** Passes a moment; false: the program is dead, by this moment or before. */
  pass(at: Moment['at'], what: string): boolean {
    if (!this.#isAlive) return false;
    this.moments.push({ at, what });
    if (this.moments.length === this.#plan.killAt) this.kill();
    return this.#isAlive;
  }

  /** Counts an effect that is about to be sent; answers what goes wrong with it. */
  countEffect(what: string): Trouble | null {
    this.#effects += 1;
    const { trouble } = this.#plan;
    if (trouble?.effect === this.#effects) {
      if (trouble.kind === 'always refused') this.#refused = what;
      return trouble.kind;
    }
    return what === this.#refused ? 'refused' : null;
  }

  kill(): void {
    this.#isAlive = false;
    for (const end of this.#sleeping) end();
    this.#die();
  }

  /** What the program hears: nothing once it is dead. */
  async hears<T>(answer: Promise<T>): Promise<T> {
    const heard = await answer;
    return this.#isAlive ? heard : never;
  }

  /** The clock of the hosts as this program has it: a dead one does not wake up, and holds no time up. */
  clock(clock: Clock): Clock {
    return {
      simulated: clock.simulated === true,
      now: () => clock.now(),
      microseconds: () => clock.microseconds(),
      sleep: async (milliseconds, options) => {
        if (!this.#isAlive) return never;
        const over = new AbortController();
        const end = () => over.abort('over');
        if (options?.signal?.aborted) return;
        options?.signal?.addEventListener('abort', end, { once: true });
        this.#sleeping.add(end);
        await clock.sleep(milliseconds, { ...options, signal: over.signal });
        this.#sleeping.delete(end);
        options?.signal?.removeEventListener('abort', end);
        return this.#isAlive ? undefined : never;
      },
    };
  }
}

/** Milliseconds after which a procedure counts as hanging: of the machine, because simulated time passes while it works. */
const hangingMilliseconds = 60_000;

/** What comes of it, unless the program is killed or nothing more happens. */
export async function orKilled<T>(life: Life, work: Promise<T>): Promise<T | 'was killed' | 'hangs'> {
  const killed = life.death.then(() => 'was killed' as const);
  let patience: ReturnType<typeof setTimeout> | undefined;
  const hangs = new Promise<'hangs'>((resolve) => {
    patience = setTimeout(() => resolve('hangs'), hangingMilliseconds);
  });
  const first = await Promise.race([work, killed, hangs]);
  clearTimeout(patience);
  return life.isAlive ? first : 'was killed';
}
