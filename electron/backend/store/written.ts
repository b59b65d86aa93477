import { forgetState, type KnownState } from './kept-state.ts';
import type { WrittenSteps } from './run-rows.ts';

/**
 * What the database is known to hold of what is written in pieces. A transaction that fails forgets all of it: then
 * everything is written once more.
 */
export interface Written {
  readonly steps: WrittenSteps;
  readonly state: KnownState;
}

export function forgetWritten(written: Written): void {
  written.steps.clear();
  forgetState(written.state);
}
