import type { FileClock } from '#shared/simulation/clock-state.ts';
import { inTurns } from '../in-turns.ts';
import type { StateParts } from '../store/kept-state.ts';
import type { Store } from '../store/store.ts';

/** The state of a simulated fleet, to be kept. */
export interface FleetState {
  /** Complete, as it is at this instant. `clock`: to keep in place of what the clock says now. */
  parts(clock?: FileClock): StateParts;
  /** Makes `parts` quick where much has changed since it was last asked for; answers the characters that it made anew. */
  prepare(): Promise<number>;
}

/** Characters that are written along with what is kept: a few milliseconds of work. */
const writtenAlong = 512 * 1024;
/** While this goes on, other things may change again; each time less has. */
const rounds = 3;

/**
 * Whoever keeps a state does it in one turn, so that it is that of one instant and belongs to what is kept with it. This makes
 * the turn short, however large the fleet is and however much of it has changed. `key`: of the source.
 */
export async function readyToKeep(
  state: FleetState | null,
  key: string,
  store: Pick<Store, 'writeStateAhead'>,
): Promise<void> {
  for (let round = 0; state !== null && round < rounds; round++) {
    if ((await state.prepare()) < writtenAlong) return;
    // Whoever keeps the state meets the same error, and says it.
    await inTurns(store.writeStateAhead(key, state.parts()));
  }
}
