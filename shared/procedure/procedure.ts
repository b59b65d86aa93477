import { z } from 'zod';
import { berthErrorSchema } from '../error-schema.ts';
import { secondaryControllerSchema, virtualSubsystemSchema } from '../fleet/schema.ts';
import { checkSchema } from '../migration/checks/check.ts';
import { comparedLineSchema, comparedStageSchema, evidenceSchema } from '../migration/evidence/evidence.ts';
import { preCopyFactsSchema } from '../migration/pre-copy/round.ts';
import { migrationRehearsalSchema } from '../migration/rehearsal/rehearsal-result.ts';
import { ownershipFindingSchema } from '../ownership/finding.ts';
import { vfioStateSchema } from '../vfio/schema.ts';
import { agreedSchema } from './agreement.ts';
import { intentSchema } from './intent.ts';
import { recoverySchema } from './recovery/recovery.ts';
import { plannedStepSchema } from './step.ts';

/** What a planner makes of an intent: an ordered list of steps, shown before it runs. */
export const planSchema = z.object({
  /** `Assign VF 12 to my_v_nqn_1`. */
  title: z.string(),
  intent: intentSchema,
  steps: z.array(plannedStepSchema).min(1),
  /** What dies or is interrupted by it, in words; empty when nothing is. */
  consequences: z.array(z.string()),
  /** What of the selection stays as it is, and why, one sentence for each reason; left out: nothing. */
  left: z.array(z.string()).optional(),
  /** What a person must agree to, one by one, before it starts; left out: nothing. */
  warnings: z.array(z.object({ id: z.string(), words: z.string() })).optional(),
  /**
   * Index of the first step from which the procedure only goes forward; steps before it are rolled back on failure or
   * abort. null: can be rolled back to the end.
   */
  pointOfNoReturn: z.number().int().min(0).nullable(),
  /** What was seen of it on simulated twins before it started; left out: it was not rehearsed. */
  rehearsal: migrationRehearsalSchema.optional(),
});
export type Plan = z.infer<typeof planSchema>;

export const runStatusSchema = z.enum([
  'running',
  /** It is on its way back: a person asked for that, or a step failed. */
  'aborting',
  'done',
  'rolled-back',
  'failed',
  /** Found in the journal at start: the program ended while it ran. */
  'interrupted',
]);
export type RunStatus = z.infer<typeof runStatusSchema>;

export const stepStatusSchema = z.enum(['waiting', 'running', 'done', 'failed', 'undone', 'skipped']);
export type StepStatus = z.infer<typeof stepStatusSchema>;

export const stepRunSchema = z.object({
  status: stepStatusSchema,
  /** Milliseconds since the Unix epoch, or of simulated time where the run has it; null while waiting. */
  startedAt: z.number().nullable(),
  durationMicroseconds: z.number().min(0).nullable(),
  /** What the read-back saw, in words; empty until done. */
  readBack: z.string(),
  error: berthErrorSchema.nullable(),
  /**
   * Of a step that is not known to be done: false: it had an effect, which is being taken back; true: that was done. Absent:
   * neither.
   */
  isUndone: z.boolean().optional(),
});
export type StepRun = z.infer<typeof stepRunSchema>;

/** A step that has not begun. */
export const waitingStep: StepRun = {
  status: 'waiting',
  startedAt: null,
  durationMicroseconds: null,
  readBack: '',
  error: null,
};

/** Measured and proven facts of a migration, filled in while it runs. */
export const migrationFactsSchema = z.object({
  virtualMachineName: z.string(),
  sourceHostId: z.string(),
  destinationHostId: z.string(),
  memoryBytes: z.number().min(0),
  memorySentBytes: z.number().min(0),
  /** Points for the chart: milliseconds since start, bytes left. */
  memoryLeft: z.array(z.object({ milliseconds: z.number(), bytes: z.number() })),
  bytesPerSecond: z.number().min(0),
  downtimeBudgetMilliseconds: z.number(),
  downtimeForecastMilliseconds: z.number().min(0),
  /** Null until the guest runs again. */
  downtimeMilliseconds: z.number().min(0).nullable(),
  /** Of a guest that ran on at its source: how long it had stood still by then. Absent: it did not, or it is not known. */
  stoodStillMilliseconds: z.number().min(0).optional(),
  /**
   * In place of either, where the program was killed while the guest stood still: from when it was asked to stop, as the journal
   * has it, until it was seen to run again. It cannot have stood still for longer. Absent: it was measured, or it still stands.
   */
  standstillAtMostMilliseconds: z.number().min(0).optional(),
  /** Copying while the guest goes on; absent: it has not begun, or the guest is stopped first. */
  preCopy: preCopyFactsSchema.optional(),
  /** Downtime by phase, in order. */
  downtimePhases: z.array(z.object({ phase: z.string(), milliseconds: z.number().min(0) })),
  devices: z.array(
    z.object({
      sourceId: z.string(),
      destinationId: z.string(),
      name: z.string(),
      sourceState: vfioStateSchema.nullable(),
      destinationState: vfioStateSchema.nullable(),
      stateBytes: z.number().min(0),
      /** SHA-256 of the state as read at the source and as accepted at the destination, hex; empty until known. */
      sourceStateSha256: z.string(),
      destinationStateSha256: z.string(),
    }),
  ),
  /** What was saved or stands at the source, compared with the destination; one line per comparison. */
  proof: z.array(
    comparedLineSchema.extend({
      /** When it was compared; absent in runs of earlier versions. */
      stage: comparedStageSchema.optional(),
    }),
  ),
  /** What the comparisons rest on, sealed; absent in runs of earlier versions, and before the first comparison. */
  evidence: evidenceSchema.optional(),
  /** What the comparisons cannot see, one sentence each; absent in runs of earlier versions. */
  unproven: z.array(z.string()).optional(),
  acknowledged: z.array(z.string()),
  /** The compatibility checks as they stood when the migration started; afterwards they cannot be repeated. */
  checks: z.array(checkSchema).optional(),
  /** Bytes of user data sent while the guest stands still, and to be sent then; absent: none was yet. */
  userDataSending: z.object({ sentBytes: z.number().min(0), ofBytes: z.number().min(0) }).optional(),
  /** User data of each namespace that was copied, as both sides had it when the guest stood still; absent: none was. */
  userData: z
    .array(
      z.object({
        sourceId: z.string(),
        nsid: z.number().int(),
        destinationNsid: z.number().int(),
        /** Of the namespace; and sent while the guest stood still. */
        bytes: z.number().min(0),
        sentBytes: z.number().min(0),
        /** Digest of the contents at the source, and of what the destination holds. */
        checksum: z.string(),
        arrived: z.string(),
      }),
    )
    .optional(),
  /** What a restarted program needs to prove the rest; no part of reports. */
  kept: z
    .object({
      /** What each guest read before the move, by source controller. */
      guestBefore: z.record(z.string(), z.array(z.object({ what: z.string(), value: z.string() }))),
      /** What takes part, as it was before the first step; absent in runs of earlier versions. */
      takingPart: z
        .array(
          z.object({
            source: secondaryControllerSchema,
            destination: secondaryControllerSchema,
            /** What the guest sees it as; null when it moves with its physical identity. */
            virtual: z
              .object({ subsystem: virtualSubsystemSchema, controllerId: z.number().int() })
              .nullable(),
            /** NSIDs that the guest is to find at the destination. */
            destinationNamespaces: z.array(z.number().int()),
          }),
        )
        .optional(),
      /** What the destination said of the memory; null until it is there. */
      memory: z
        .object({
          bytes: z.number().min(0),
          /** Digest of the contents at the source. */
          checksum: z.string(),
          /** Digest of what the destination holds; absent in runs of earlier versions. */
          arrived: z.string().optional(),
        })
        .nullable(),
      /** How each device stood when its state had been saved, by source controller; absent before that. */
      devices: z
        .record(
          z.string(),
          z.object({
            /** Controller properties as the guest left them; null where no program can read them. */
            registers: z.string().nullable(),
            /** I/O queues in the saved state; null where only the driver of the device can read it. */
            queues: z.string().nullable(),
          }),
        )
        .optional(),
    })
    .optional(),
});
export type MigrationFacts = z.infer<typeof migrationFactsSchema>;

/** A decision of a person about a procedure that was cut short. */
export const runRecoverySchema = z.object({
  how: recoverySchema,
  /** Milliseconds since the Unix epoch. */
  at: z.number(),
  /** What it warned of; left out: nothing. */
  warnings: planSchema.shape.warnings,
  /** What the person had agreed to; absent: nothing had to be. */
  agreed: agreedSchema.optional(),
});
export type RunRecovery = z.infer<typeof runRecoverySchema>;

/** A procedure that runs or ran: the plan, and what became of each step. */
export const procedureRunSchema = z.object({
  id: z.string(),
  plan: planSchema,
  /** What a person had agreed to when it started; absent: nothing had to be. */
  agreed: agreedSchema.optional(),
  /** How it went on each time that it had been cut short, oldest first; absent: it was not, or an older program recorded it. */
  recoveries: z.array(runRecoverySchema).optional(),
  status: runStatusSchema,
  steps: z.array(stepRunSchema),
  /** Milliseconds since the Unix epoch: when a person would remember it. */
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /**
   * The same in milliseconds of simulated time, for a run on a simulated fleet. Durations, downtimes and the times of
   * steps are then simulated too.
   */
  simulatedTime: z.object({ startedAt: z.number().min(0), endedAt: z.number().min(0).nullable() }).optional(),
  /** Faults and failures that were injected while it ran; absent: none. `at` in milliseconds of simulated time. */
  injected: z.array(z.object({ at: z.number().min(0), words: z.string() })).optional(),
  /** 0-1, never runs backwards. */
  progress: z.number().min(0).max(1),
  error: berthErrorSchema.nullable(),
  /** After a failure that could not be rolled back wholly: what is left, and the commands that clean it up. */
  leftovers: z.array(z.object({ what: z.string(), commandLines: z.array(z.string()) })),
  /**
   * Who had what when it had ended, however it ended: what was not in order then. Absent while it runs, and in records of
   * older programs.
   */
  audit: z.array(ownershipFindingSchema).optional(),
  /** Its way back has begun: from then on it does not go forward any more. Absent: it has not. */
  rollingBack: z.boolean().optional(),
  /** May still be aborted with return to the start. */
  abortable: z.boolean(),
  /** May be undone now; why not otherwise. */
  undoable: z.boolean(),
  undoneBy: z.string().nullable(),
  /** The procedure that this one undoes. */
  undoes: z.string().nullable(),
  fleetName: z.string(),
  simulated: z.boolean(),
  migration: migrationFactsSchema.nullable(),
});
export type ProcedureRun = z.infer<typeof procedureRunSchema>;
