import { unreachable } from '#shared/result.ts';
import type { Awaited, ClockMode, ClockState, FileClock } from '#shared/simulation/clock-state.ts';
import { clockRate } from '#shared/simulation/clock-words.ts';
import { turnsGiven } from '../event-loop.ts';
import type { Clock, SleepOptions } from '../ports.ts';
import { DueQueue } from './due-queue.ts';

/** setTimeout takes no more; a longer wait is armed again. */
const longestTimerMilliseconds = 2 ** 31 - 1;

/**
 * The one clock of a simulated fleet. Everything in it that takes or measures time goes through it. Times count from
 * when the fleet began, so that the same procedure on the same fleet gives the same times.
 *
 * - Real time and ten times as fast: time passes with the machine's clock.
 * - As fast as possible: time passes only by waits. When nobody has anything left to do, the wait that is due first
 *   ends and time jumps to it. Between two of them the event loop has its turns, so that the window stays responsive.
 * - Paused: no wait ends, and whatever changes something waits for its turn. `step` ends exactly one wait, `advance` all
 *   that become due within a time. Looking needs no time, so it goes on.
 */
export class SimulatedClock implements Clock {
  readonly simulated = true;
  readonly #machine: Clock;
  readonly #queue = new DueQueue();
  readonly #listeners = new Set<() => void>();
  #mode: ClockMode;
  /** Simulated microseconds at `#machineAnchor`. */
  #anchor: number;
  #machineAnchor: number;
  /** Counts looks at the clock and waits: whoever has something to do looks at the clock. */
  #looks = 0;
  #hurries = 0;
  #isRunning = false;
  #timer: AbortController | null = null;

  constructor(machine: Clock, kept?: FileClock) {
    this.#machine = machine;
    this.#mode = kept?.mode ?? 'real-time';
    this.#anchor = kept?.microseconds ?? 0;
    this.#machineAnchor = machine.microseconds();
  }

  now(): number {
    return Math.floor(this.microseconds() / 1000);
  }

  microseconds(): number {
    this.#looks += 1;
    return this.#time();
  }

  sleep(milliseconds: number, options: SleepOptions = {}): Promise<void> {
    const { signal, what = 'something' } = options;
    return new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      this.#looks += 1;
      const remove = this.#queue.add(this.#due(milliseconds), what, () => {
        signal?.removeEventListener('abort', cancel);
        resolve();
      });
      const cancel = () => {
        this.#looks += 1;
        remove();
        resolve();
        this.#arm();
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.#arm();
    });
  }

  announce(milliseconds: number, what: string): void {
    this.#queue.add(this.#due(milliseconds), what, () => undefined);
    this.#arm();
  }

  turn(what: string, signal?: AbortSignal): Promise<void> | null {
    if (this.#pace !== 'paused') return null;
    return this.sleep(0, signal === undefined ? { what } : { what, signal });
  }

  hurry(): () => void {
    let released = false;
    this.#reanchor();
    this.#hurries += 1;
    this.#arm();
    return () => {
      if (released) return;
      released = true;
      this.#reanchor();
      this.#hurries -= 1;
      this.#arm();
    };
  }

  get mode(): ClockMode {
    return this.#mode;
  }

  setMode(mode: ClockMode): void {
    this.#reanchor();
    this.#mode = mode;
    this.#arm();
  }

  /** Pauses, and ends the one wait that is due first. Answers what it was; null when nothing waits. */
  async step(): Promise<Awaited | null> {
    this.setMode('paused');
    await this.#quiet();
    const ended = this.#endNext();
    await this.#quiet();
    this.#arm();
    return ended;
  }

  /** Lets so much time pass at once, in any mode: what becomes due on the way goes on in that order. */
  async advance(milliseconds: number): Promise<void> {
    this.#reanchor();
    const target = this.#anchor + Math.max(0, milliseconds) * 1000;
    await this.#quiet();
    while ((this.#queue.next?.due ?? Number.POSITIVE_INFINITY) <= target) {
      this.#endNext();
      await this.#quiet();
    }
    this.#reanchor();
    this.#anchor = Math.max(this.#anchor, target);
    this.#arm();
  }

  /**
   * Resolves with true once the clock is paused and nothing but time can get on with what waits; with false when
   * `signal` ends the question.
   */
  async standsStill(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      await this.#quiet();
      if (!signal.aborted && this.#mode === 'paused' && this.#queue.size > 0) return true;
    }
    return false;
  }

  state(): ClockState {
    const next = this.#queue.next;
    return {
      mode: this.#mode,
      milliseconds: this.#time() / 1000,
      waiting: this.#queue.size,
      next: next === undefined ? null : { what: next.what, at: next.due / 1000 },
    };
  }

  toFile(): FileClock {
    return { mode: this.#mode, microseconds: this.#time() };
  }

  /** Calls `listener` after a change of the mode, of what waits, or of the time where it jumps; returns the remover. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What the mode comes to, with whoever is in a hurry. */
  get #pace(): ClockMode {
    return this.#hurries > 0 ? 'as-fast-as-possible' : this.#mode;
  }

  #time(): number {
    const rate = clockRate(this.#pace);
    if (rate === 0) return this.#anchor;
    return this.#anchor + Math.max(0, this.#machine.microseconds() - this.#machineAnchor) * rate;
  }

  #due(milliseconds: number): number {
    return this.#time() + Math.max(0, milliseconds) * 1000;
  }

  #reanchor(): void {
    this.#anchor = this.#time();
    this.#machineAnchor = this.#machine.microseconds();
  }

  #endNext(): Awaited | null {
    const entry = this.#queue.take();
    if (entry === undefined) return null;
    this.#reanchor();
    this.#anchor = Math.max(this.#anchor, entry.due);
    entry.end();
    return { what: entry.what, at: entry.due / 1000 };
  }

  /** Sees to it that the next wait ends when it is due. */
  #arm(): void {
    this.#timer?.abort();
    this.#timer = null;
    for (const listener of this.#listeners) listener();
    const next = this.#queue.next;
    if (next === undefined) return;
    const pace = this.#pace;
    switch (pace) {
      case 'paused':
        return;
      case 'as-fast-as-possible':
        void this.#run();
        return;
      case 'real-time':
      case 'ten-times':
        void this.#waitFor(next.due, clockRate(pace));
        return;
      default:
        unreachable(pace);
    }
  }

  async #waitFor(due: number, rate: number): Promise<void> {
    const timer = new AbortController();
    this.#timer = timer;
    const milliseconds = Math.max(0, (due - this.#time()) / 1000 / rate);
    await this.#machine.sleep(Math.min(milliseconds, longestTimerMilliseconds), { signal: timer.signal });
    if (timer.signal.aborted) return;
    while ((this.#queue.next?.due ?? Number.POSITIVE_INFINITY) <= this.#time()) this.#queue.take()?.end();
    this.#arm();
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#pace === 'as-fast-as-possible' && this.#queue.size > 0) {
      await this.#quiet();
      if (this.#pace === 'as-fast-as-possible') this.#endNext();
    }
    this.#isRunning = false;
    this.#arm();
  }

  /**
   * Until nobody looked at the clock or gave way for two turns of the event loop: all that could go on without time has
   * done so.
   */
  async #quiet(): Promise<void> {
    for (let calm = 0; calm < 2; ) {
      const before = this.#looks + turnsGiven();
      await new Promise((resolve) => setImmediate(resolve));
      calm = this.#looks + turnsGiven() === before ? calm + 1 : 0;
    }
  }
}
