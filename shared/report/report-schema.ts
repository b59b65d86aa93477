import { z } from 'zod';
import { berthErrorSchema } from '../error-schema.ts';
import { checkSchema } from '../migration/checks/check.ts';
import { migrationRehearsalSchema } from '../migration/rehearsal/rehearsal-result.ts';
import { ownershipFindingSchema } from '../ownership/finding.ts';
import { migrationFactsSchema, runStatusSchema, stepStatusSchema } from '../procedure/procedure.ts';
import { rehearsalSchema } from '../rehearsal/rehearsal.ts';

/**
 * The content of a report. The JSON export is exactly this; the HTML export shows it. `version` rises with every change
 * that an older reader would misunderstand. Times are ISO 8601 in UTC.
 */
export const reportVersion = 1;

const common = {
  format: z.literal('berth-report'),
  version: z.literal(reportVersion),
  /** The program that wrote it, for example `0.1.0`. */
  programVersion: z.string(),
  title: z.string(),
  /** When the report was made. */
  madeAt: z.string(),
  fleet: z.object({
    name: z.string(),
    /** A simulated fleet is labelled as such in every report. */
    simulated: z.boolean(),
    seed: z.number().int().nullable(),
  }),
};

const movedDeviceSchema = migrationFactsSchema.shape.devices.element
  .omit({ sourceState: true, destinationState: true })
  .extend({
    /** `VF 3 of hv-a/nvme1, CNTLID 0x0003`. */
    source: z.string(),
    destination: z.string(),
    virtualControllerId: z.number().int().nullable(),
    virtualNqn: z.string(),
    vq: z.number().int().nullable(),
    vi: z.number().int().nullable(),
    /** NSIDs as the guest sees them. */
    namespaces: z.array(z.number().int()),
  });

const migrationPartSchema = migrationFactsSchema
  .pick({
    virtualMachineName: true,
    memoryBytes: true,
    memorySentBytes: true,
    memoryLeft: true,
    bytesPerSecond: true,
    downtimeBudgetMilliseconds: true,
    downtimeForecastMilliseconds: true,
    downtimeMilliseconds: true,
    stoodStillMilliseconds: true,
    standstillAtMostMilliseconds: true,
    preCopy: true,
    userData: true,
    downtimePhases: true,
    proof: true,
    evidence: true,
  })
  .extend({
    sourceHost: z.string(),
    destinationHost: z.string(),
    totalMilliseconds: z.number().nullable(),
    /** What all memory would have taken over the link at once, milliseconds; 0: not known. */
    memoryMilliseconds: z.number().min(0),
    /** Terms of the downtime as they were forecast when the guest was stopped, and as they were; empty: not known by term. */
    downtimeTerms: z.array(
      z.object({
        phase: z.string(),
        forecastMilliseconds: z.number().min(0),
        measuredMilliseconds: z.number().min(0).nullable(),
      }),
    ),
    /** The same switch-over over links of other speeds; empty: not known. */
    stun: z.array(
      z.object({
        gigabitsPerSecond: z.number(),
        isThisLink: z.boolean(),
        terms: z.array(z.object({ phase: z.string(), milliseconds: z.number() })),
        totalMilliseconds: z.number(),
        isWithinBudget: z.boolean(),
      }),
    ),
    /** What the comparisons cannot see, one sentence each. */
    unproven: z.array(z.string()),
    devices: z.array(movedDeviceSchema),
    checks: z.array(checkSchema.extend({ acknowledged: z.boolean() })),
  });
export type MigrationPart = z.infer<typeof migrationPartSchema>;

const runReportSchema = z.object({
  kind: z.literal('run'),
  ...common,
  runId: z.string(),
  status: runStatusSchema,
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  /** Milliseconds of simulated time; durations and downtimes are then simulated too. Null: all times are real. */
  simulatedTime: z.object({ startedAt: z.number(), endedAt: z.number().nullable() }).nullable(),
  /** Faults and failures that were injected meanwhile; `at` in milliseconds of simulated time. */
  injected: z.array(z.object({ at: z.number(), words: z.string() })),
  /** One sentence or two: where the guest is, and what is left. */
  outcome: z.object({
    tone: z.enum(['good', 'warning', 'bad']),
    words: z.array(z.object({ text: z.string(), strong: z.boolean() })),
  }),
  migration: migrationPartSchema.nullable(),
  steps: z.array(
    z.object({
      phase: z.string(),
      hostId: z.string(),
      words: z.string(),
      commandLines: z.array(z.string()),
      status: stepStatusSchema,
      durationMicroseconds: z.number().nullable(),
      readBack: z.string(),
    }),
  ),
  error: berthErrorSchema.nullable(),
  leftovers: z.array(z.object({ what: z.string(), commandLines: z.array(z.string()) })),
  /** Who had what when it had ended: what was not in order then; null for runs of programs that did not look. */
  audit: z.array(ownershipFindingSchema).nullable(),
  /** What was seen of the plan on simulated twins before it started; null: it was not rehearsed. */
  rehearsal: migrationRehearsalSchema.nullable(),
});
export type RunReport = z.infer<typeof runReportSchema>;

const resourceSchema = z.object({
  total: z.number(),
  secondaries: z.number(),
  primary: z.number(),
  free: z.number(),
});

const topologyReportSchema = z.object({
  kind: z.literal('topology'),
  ...common,
  hosts: z.array(
    z.object({
      name: z.string(),
      kernel: z.string(),
      iommu: z.string(),
      qemu: z.string(),
      /** Memory page size in bytes, 0 when unknown. */
      pageSize: z.number().int(),
      /** What the host's kernel, QEMU and IOMMU lack for a migration. */
      lacks: z.array(z.string()),
      virtualMachines: z.array(
        z.object({
          name: z.string(),
          state: z.string(),
          memoryBytes: z.number(),
          devices: z.array(z.string()),
        }),
      ),
      controllers: z.array(
        z.object({
          title: z.string(),
          role: z.enum(['primary', 'plain']),
          address: z.string(),
          /** What the device can do and what not, each with the reason. */
          abilities: z.array(
            z.object({
              title: z.string(),
              verdict: z.enum(['yes', 'no', 'unknown']),
              reason: z.string(),
            }),
          ),
          subsystemNqn: z.string(),
          modelNumber: z.string(),
          serialNumber: z.string(),
          firmwareRevision: z.string(),
          vq: resourceSchema.nullable(),
          vi: resourceSchema.nullable(),
          /** Why neither is known; left out or empty: they are, or there are none. */
          resources: z.string().optional(),
          secondaries: z.array(
            z.object({
              title: z.string(),
              /** Null where no list names it, as the resources. */
              cntlid: z.number().int().nullable(),
              address: z.string(),
              state: z.string(),
              vq: z.number().int().nullable(),
              vi: z.number().int().nullable(),
              driver: z.string(),
              namespaces: z.array(z.number().int()),
            }),
          ),
          virtualSubsystems: z.array(
            z.object({
              nqn: z.string(),
              primaryVirtualId: z.number().int(),
              /** Life cycle on this controller, as far as the fleet alone tells it. */
              state: z.string(),
              members: z.array(z.object({ controller: z.string(), virtualControllerId: z.number().int() })),
            }),
          ),
        }),
      ),
    }),
  ),
  namespaces: z.array(
    z.object({
      subsystemNqn: z.string(),
      nsid: z.number().int(),
      sizeBytes: z.string(),
      blockSize: z.number().int(),
      shared: z.boolean(),
      identifiers: z.string(),
    }),
  ),
  problems: z.array(z.object({ source: z.string(), message: z.string() })),
});
export type TopologyReport = z.infer<typeof topologyReportSchema>;

const rehearsalReportSchema = z.object({
  kind: z.literal('rehearsal'),
  ...common,
  /** What happened on a copy of the fleet; nothing of it is real. */
  rehearsal: rehearsalSchema.omit({ id: true, status: true, at: true, threat: true, drives: true }),
});
export type RehearsalReport = z.infer<typeof rehearsalReportSchema>;

export const reportSchema = z.discriminatedUnion('kind', [
  runReportSchema,
  topologyReportSchema,
  rehearsalReportSchema,
]);
export type Report = z.infer<typeof reportSchema>;

/** What a report needs to know beside its subject; the caller has the clock. */
export interface ReportContext {
  readonly programVersion: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}
