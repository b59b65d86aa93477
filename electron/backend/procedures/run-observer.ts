import type { Fleet } from '#shared/fleet/schema.ts';
import type { MigrationFacts, Plan, RunStatus } from '#shared/procedure/procedure.ts';
import type { PlannedStep, Step } from '#shared/procedure/step.ts';

/** What carrying out a step gave besides its read-back. */
export interface StepDetails {
  /** `vfio-transfer-state`: the bytes read at the source, exactly as they were written at the destination. */
  readonly state?: Uint8Array;
  /** `vm-send-memory`: bytes that arrived, and the checksum over them. */
  readonly memory?: { readonly bytes: number; readonly checksum: string };
}

/**
 * Watches one run. The runner awaits every call, so that what an observer measures is in the right order; an observer
 * never throws and never fails a run. (The migration engine implements it: electron/backend/migration.)
 */
export interface RunObserver {
  /** What goes into `ProcedureRun.migration`. */
  facts(): MigrationFacts;
  beforeStep(index: number, planned: PlannedStep): Promise<void>;
  /** While `vm-send-memory` runs: bytes sent so far. */
  memorySent(index: number, sentBytes: number): void;
  /** The step was carried out; called before its read-back, which is no part of a downtime. */
  afterStep(index: number, planned: PlannedStep, details: StepDetails): Promise<void>;
  /** A step of an inverse was carried out while rolling back. */
  afterUndo(step: Step): Promise<void>;
  /** The run ended; the last call. */
  finish(status: RunStatus): Promise<void>;
}

/** Makes the observer of a run, or null for procedures that need none. `onChange`: the facts changed, publish them. */
export type ObserveRun = (start: {
  readonly plan: Plan;
  /** The fleet as it was when the run started. */
  readonly fleet: Fleet;
  readonly onChange: () => void;
}) => RunObserver | null;
