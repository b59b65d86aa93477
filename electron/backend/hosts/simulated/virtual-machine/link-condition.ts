import type { FileLinkState } from '#shared/fleet-file/host/link-schema.ts';
import type { LinkState } from '#shared/simulation/device-faults.ts';
import type { Clock } from '../../../ports.ts';

/** How often a sender looks whether the link is back. */
const lookMilliseconds = 100;
/** A sender gives up after the link was down for so long. */
const patienceMilliseconds = 30_000;

/** The state of a host's migration link, which may change while something passes over it. */
export class LinkCondition {
  #state: LinkState = { kind: 'up', share: 1 };
  #since = 0;

  set(state: LinkState, now: number): void {
    this.#state = state;
    this.#since = now;
  }

  /** As a fleet file writes it; undefined when the link is up at its full speed. */
  toFile(now: number): FileLinkState | undefined {
    const state = this.#state;
    if (state.kind === 'down') return state;
    if (state.kind === 'up') return state.share === 1 ? undefined : state;
    const period = state.upMilliseconds + state.downMilliseconds;
    const elapsedMicroseconds = Math.round((now - this.#since) * 1000) % (period * 1000);
    return { ...state, elapsedMicroseconds };
  }

  /** Goes on as an exported fleet left it. */
  restore(file: FileLinkState, now: number): void {
    if (file.kind !== 'flapping') {
      this.set(file, now);
      return;
    }
    const { elapsedMicroseconds, ...state } = file;
    this.set(state, now - elapsedMicroseconds / 1000);
  }

  /** Share of the speed that passes at a time; 0 while the link is down. */
  share(now: number): number {
    const state = this.#state;
    if (state.kind === 'up') return state.share;
    if (state.kind === 'down') return 0;
    const period = state.upMilliseconds + state.downMilliseconds;
    return (now - this.#since) % period < state.upMilliseconds ? 1 : 0;
  }

  /** Waits until something passes, and answers how much; null when it was aborted or took too long. */
  async waitForShare(clock: Clock, signal: AbortSignal): Promise<number | null> {
    for (let waited = 0; waited <= patienceMilliseconds; waited += lookMilliseconds) {
      const share = this.share(clock.now());
      if (share > 0) return share;
      if (signal.aborted) return null;
      await clock.sleep(lookMilliseconds, { signal, what: 'a migration link that is down' });
    }
    return null;
  }
}
