import type { Fleet } from '#shared/fleet/schema.ts';
import type { PreCopyFacts } from '#shared/migration/pre-copy/round.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import type { PlannedStep, Step } from '#shared/procedure/step.ts';
import type { ProofStage } from '#shared/procedure/steps/proof.ts';
import type { Result } from '#shared/result.ts';
import type { StepOutcome } from '../perform/perform-context.ts';

/** One step at the moment before or after it ran. */
export interface StepEvent {
  readonly index: number;
  readonly planned: PlannedStep;
  /** The fleet as last read: before the step, or after its effect was read back. */
  readonly fleet: Fleet;
  /** Monotonic time, microseconds: before the step, or when it had been carried out, before its effect was read back. */
  readonly microseconds: number;
}

/** What a comparison with the destination came to. */
export interface ProvedStage {
  /** With the lines of the comparison, whatever came of it. */
  readonly facts: MigrationFacts;
  /** What was compared, in words; `effect-missing` with every difference in its details. */
  readonly result: Result<string>;
}

/**
 * Watches a run and fills in its facts; the runner puts what it answers into `run.migration` and publishes it. A fresh
 * observer is made for every run; after a restart `begin` gets the facts that the journal kept.
 */
export interface RunObserver {
  begin(fleet: Fleet, kept: MigrationFacts | null): MigrationFacts;
  beforeStep(event: StepEvent): Promise<void>;
  /** Bytes of guest memory that are at the destination by now. */
  memorySent(bytes: number, microseconds: number): MigrationFacts;
  /** Bytes of user data that were sent while the guest stands still, and that are to be sent then. */
  userDataSent(sentBytes: number, ofBytes: number): MigrationFacts;
  /** How the copying stands while the guest goes on. */
  preCopied(facts: PreCopyFacts): MigrationFacts;
  /** After the step succeeded and its effect was read back. */
  afterStep(event: StepEvent & { readonly outcome: StepOutcome }): Promise<MigrationFacts>;
  /** After a step of the way back succeeded, at `microseconds`. */
  afterUndoing(step: Step, microseconds: number): void;
  /**
   * A step is known to be done, which is where a guest that was stopped runs again: told also where a program before this one
   * stopped it. `pauseBegan`: see there; `now`: milliseconds on the same clock. Answers the facts.
   */
  afterDoing(step: Step, at: { readonly pauseBegan: number | null; readonly now: number }): MigrationFacts;
  /** Reads the destination again and compares it with what was saved; the step that asks for it fails with a difference. */
  prove(stage: ProofStage): Promise<ProvedStage>;
  /** Once, after a roll-back ended, whatever came of it. */
  rolledBack(fleet: Fleet): Promise<MigrationFacts>;
  /** Once, when the last step is done: compares both sides. */
  end(fleet: Fleet): Promise<MigrationFacts>;
}
