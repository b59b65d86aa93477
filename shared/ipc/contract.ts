import { z } from 'zod';
import { largestFleetFile, mostOutputFiles } from '../bounds/sizes.ts';
import { berthErrorSchema } from '../error-schema.ts';
import { fleetChangeSchema } from '../fleet/change.ts';
import { fleetSourceSchema, problemSchema } from '../fleet/schema.ts';
import { compatibilitySchema, destinationOptionSchema } from '../migration/checks/check.ts';
import { switchOverDecisionSchema } from '../migration/pre-copy/options.ts';
import { deviceMappingSchema, migrationRequestSchema } from '../migration/request.ts';
import { recogniseAnswerSchema, recogniseRequestSchema } from '../outputs/recognition.ts';
import { ownershipFindingSchema } from '../ownership/finding.ts';
import { agreedSchema } from '../procedure/agreement.ts';
import { intentSchema } from '../procedure/intent.ts';
import { procedureRunSchema } from '../procedure/procedure.ts';
import { proposalSchema, reviewedSchema, startAnswerSchema } from '../procedure/proposal.ts';
import { recoverySchema, recoveryStateSchema } from '../procedure/recovery/recovery.ts';
import { checkRemediesSchema, pathToAbleSchema } from '../procedure/remedies/remedy.ts';
import { runChangeSchema } from '../procedure/run/run-change.ts';
import { settingsSchema } from '../settings/schema.ts';
import { clockStateSchema } from '../simulation/clock-state.ts';
import { commandTraceEntrySchema } from '../trace/schema.ts';
import { leakFindingSchema, leakVerdictSchema } from '../virtual-subsystem/leak-check/leak-finding.ts';
import { virtualSubsystemDraftSchema } from '../virtual-subsystem/life-cycle/draft.ts';
import { secondaryReleaseSchema, subsystemDeletionSchema } from '../virtual-subsystem/life-cycle/journal.ts';
import { migrationRemainsSchema } from '../virtual-subsystem/life-cycle/remains.ts';
import { batchEvents, batchRequests } from './batch-contract.ts';
import type { EventChannel, RequestChannel } from './channels.ts';
import { objectIdSchema as id, emptySchema as nothing } from './contract-parts.ts';
import { migrationRehearsalEvents, migrationRehearsalRequests } from './migration-rehearsal-contract.ts';
import { openRequestSchema, pathSchema as path } from './open-request.ts';
import { rehearsalEvents, rehearsalRequests } from './rehearsal-contract.ts';
import { simulationRequests } from './simulation-contract.ts';
import { terminalEvents, terminalRequests } from './terminal-contract.ts';

/** A fleet file that is being edited; right or wrong. */
const fleetFileText = z.string().max(largestFleetFile);

export const recentSourceSchema = z.object({
  request: openRequestSchema,
  title: z.string(),
  openedAt: z.number(),
});
export type RecentSource = z.infer<typeof recentSourceSchema>;

export const reportSubjectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run'), runId: id }),
  z.object({ kind: z.literal('topology') }),
  z.object({ kind: z.literal('rehearsal'), rehearsalId: z.number().int().min(1) }),
]);

export const guestFieldSchema = z.object({
  key: z.string(),
  title: z.string(),
  clause: z.string(),
  offset: z.number().int().min(0),
  size: z.number().int().positive(),
  /** As the guest reads it, in words. */
  guest: z.string(),
  /** As the primary controller answers, in words. */
  physical: z.string(),
  differs: z.boolean(),
});
export type GuestField = z.infer<typeof guestFieldSchema>;

/** What the guest view can show: 4,096 bytes of the first two, 256 of the last. */
const guestStructureNameSchema = z.enum(['identify-controller', 'properties', 'configuration']);
export type GuestStructureName = z.infer<typeof guestStructureNameSchema>;

/** Identify Controller of a guest under another primary controller, against the present one. */
const otherPrimarySchema = z.object({
  primaryId: z.string(),
  title: z.string(),
  /** Who was asked: a free secondary there, its primary for a preview of one, or only the primary for its own answer. */
  basis: z.enum(['secondary', 'preview', 'primary']),
  /** All bytes are the same; of the leak check those of Identify Controller. */
  identical: z.boolean(),
});

/** Summary line of the history list. */
export const runSummarySchema = procedureRunSchema
  .pick({
    id: true,
    status: true,
    startedAt: true,
    endedAt: true,
    simulatedTime: true,
    undoable: true,
    undoneBy: true,
    undoes: true,
    fleetName: true,
    simulated: true,
  })
  .extend({ title: z.string(), intentKind: z.string(), stepCount: z.number().int() });
export type RunSummary = z.infer<typeof runSummarySchema>;

/**
 * The one IPC contract: request and response of every channel. Types, the preload's channel list, the router and the
 * tests are all made from it. A response travels as `Result`.
 */
export const requestContract = {
  'app:info': {
    request: nothing,
    response: z.object({
      version: z.string(),
      electron: z.string(),
      dataFolder: z.string(),
      platform: z.string(),
    }),
  },
  /** Answer to the quit guard: quit although procedures run (they are journalled and offered at the next start). */
  'app:quit-anyway': { request: nothing, response: nothing },
  /** What the page would lose if Berth ended now, in words; null: nothing. Quitting asks about it. */
  'app:unsaved': { request: z.object({ what: z.string().max(500).nullable() }), response: nothing },
  /** What the native menu calls Undo and Redo now, `Undo: Assign VF 3 to db-primary`; null: as in the command table. */
  'app:name-commands': {
    request: z.object({ undo: z.string().max(300).nullable(), redo: z.string().max(300).nullable() }),
    response: nothing,
  },
  /** `json` is one string (a FleetSnapshot): parsing one string is far cheaper than cloning thousands of objects. */
  'fleet:snapshot': { request: nothing, response: z.object({ json: z.string() }) },
  'fleet:sources': {
    request: nothing,
    response: z.object({
      current: fleetSourceSchema,
      builtIn: z.array(z.object({ name: z.string(), title: z.string(), description: z.string() })),
      recent: z.array(recentSourceSchema),
    }),
  },
  /** Shows the native file dialog; null when cancelled. */
  'fleet:choose': {
    request: z.object({ what: z.enum(['capture-folder', 'capture-archive', 'fleet-file']) }),
    response: z.object({ path: z.string().nullable() }),
  },
  'fleet:capture-snapshots': {
    request: z.object({ path }),
    response: z.object({ snapshots: z.array(z.string()), problems: z.array(problemSchema) }),
  },
  'fleet:open': {
    request: openRequestSchema,
    response: z.object({ source: fleetSourceSchema, problems: z.array(problemSchema) }),
  },
  'fleet:forget-recent': { request: nothing, response: nothing },
  /** Shows the native file dialog for files with outputs of tools; none when cancelled. */
  'outputs:choose': {
    request: nothing,
    response: z.object({ paths: z.array(path).max(mostOutputFiles) }),
  },
  /** What files or a text are, before they are opened. */
  'outputs:recognise': { request: recogniseRequestSchema, response: recogniseAnswerSchema },
  /** A fleet file to start from: the state of the simulated fleet that is open, or a built-in fleet. */
  'fleet-file:template': {
    request: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('open') }),
      z.object({ kind: z.literal('built-in'), name: z.string().min(1).max(100) }),
    ]),
    response: z.object({ text: fleetFileText, name: z.string() }),
  },
  /** Every problem of a text that may be a fleet file, as opening it would find them. */
  'fleet-file:check': {
    request: z.object({ text: fleetFileText }),
    response: z.object({
      problems: z.array(z.object({ field: z.string(), message: z.string(), fix: z.string() })),
    }),
  },
  /** Asks for a fleet file with the native dialog and reads it; null when cancelled. */
  'fleet-file:read': {
    request: nothing,
    response: z.object({ file: z.object({ path, text: fleetFileText }).nullable() }),
  },
  /**
   * Writes a fleet file. Without a path the native dialog asks for one; a path must have come from one of these two
   * dialogs since Berth started. Null when cancelled.
   */
  'fleet-file:save': {
    request: z.object({
      text: fleetFileText,
      path: path.nullable(),
      suggestedName: z.string().min(1).max(120),
    }),
    response: z.object({ path: z.string().nullable() }),
  },
  /** A plan to review, compared with the one that was reviewed before. */
  'procedure:plan': {
    request: z.object({ intent: intentSchema, reviewed: reviewedSchema.optional() }),
    response: proposalSchema,
  },
  /** The same for undoing a procedure. Without an id: the last procedure that can be undone. */
  'procedure:plan-undo': {
    request: z.object({ runId: id.optional(), reviewed: reviewedSchema.optional() }),
    response: proposalSchema,
  },
  /**
   * What was reviewed is what runs: where the plan would differ now, nothing runs and the answer is the new plan. Refused
   * when it cuts off a guest, or warns of something, that is not in `agreed` (left out: nothing is).
   */
  'procedure:run': {
    request: z.object({ intent: intentSchema, reviewed: reviewedSchema, agreed: agreedSchema.optional() }),
    response: startAnswerSchema,
  },
  'procedure:abort': { request: z.object({ runId: id }), response: nothing },
  /** What a person says of a migration that copies while its guest goes on. */
  'migration:decide': {
    request: z.object({ runId: id, decision: switchOverDecisionSchema }),
    response: nothing,
  },
  'procedure:undo': {
    request: z.object({
      runId: id.optional(),
      reviewed: reviewedSchema,
      agreed: agreedSchema.optional(),
    }),
    response: startAnswerSchema,
  },
  /** What is known of a procedure that was interrupted, and how it may go on. */
  'procedure:recovery': { request: z.object({ runId: id }), response: recoveryStateSchema },
  /** The steps of one of its ways on, to review. */
  'procedure:plan-recover': {
    request: z.object({ runId: id, how: recoverySchema, reviewed: reviewedSchema.optional() }),
    response: proposalSchema,
  },
  /**
   * Goes on with, or takes back, what the plan in the journal says; nothing is planned anew. What was reviewed is what
   * runs, and what cuts off a guest is refused without `agreed`, as in `procedure:run`.
   */
  'procedure:recover': {
    request: z.object({
      runId: id,
      how: recoverySchema,
      reviewed: reviewedSchema,
      agreed: agreedSchema.optional(),
    }),
    response: startAnswerSchema,
  },
  'history:list': {
    request: z.object({ limit: z.number().int().min(1).max(1000) }),
    response: z.object({ runs: z.array(runSummarySchema) }),
  },
  'history:get': { request: z.object({ runId: id }), response: procedureRunSchema },
  /** What Undo would undo and Redo would do again on the open fleet; null: nothing. */
  'history:undo-redo': {
    request: nothing,
    response: z.object({
      undo: z.object({ runId: id, title: z.string() }).nullable(),
      redo: z.object({ runId: id, title: z.string(), intent: intentSchema }).nullable(),
    }),
  },
  /** Who has what: what is not in order on the open fleet now. */
  'ownership:audit': {
    request: nothing,
    response: z.object({ findings: z.array(ownershipFindingSchema) }),
  },
  'migration:destinations': {
    request: z.object({ virtualMachineId: id }),
    response: z.object({ destinations: z.array(destinationOptionSchema) }),
  },
  /** A mapping to start from: the best fitting free secondary and namespace for each device. */
  'migration:propose': {
    request: z.object({ virtualMachineId: id, destinationHostId: id }),
    response: z.object({ devices: z.array(deviceMappingSchema), unmapped: z.array(z.string()) }),
  },
  'migration:check': {
    request: z.object({ request: migrationRequestSchema }),
    response: z.object({
      compatibility: compatibilitySchema,
      downtimeForecastMilliseconds: z.number().nullable(),
      totalForecastMilliseconds: z.number().nullable(),
    }),
  },
  /** What can be done about the checks that do not pass; apart from them, because trying it takes longer. */
  'migration:remedies': {
    request: z.object({ request: migrationRequestSchema }),
    response: z.object({ checks: z.array(checkRemediesSchema) }),
  },
  /** What would make a host able to take a virtual machine. */
  'migration:path-to-able': {
    request: z.object({ virtualMachineId: id, destinationHostId: id }),
    response: pathToAbleSchema,
  },
  /** A structure as the guest of this secondary gets it now. `bytes` is base64 of all of it. */
  'guest:view': {
    request: z.object({
      controllerId: id,
      /** What to show; left out: Identify Controller. */
      structure: guestStructureNameSchema.optional(),
      /** Primary controllers under which it might run; left out: none. */
      primaryIds: z.array(id).max(64).optional(),
    }),
    response: z.object({
      bytes: z.string(),
      fields: z.array(guestFieldSchema),
      /** What the guest would get under each of them, where that is known; `physical` of a field is the value there. */
      underOtherPrimaries: z.array(otherPrimarySchema.extend({ fields: z.array(guestFieldSchema) })),
    }),
  },
  /** Everything that the guest of a member can read, classified against other primary controllers. */
  'virtual-subsystem:leak-check': {
    request: z.object({ controllerId: id, primaryIds: z.array(id).max(64) }),
    response: z.object({
      verdict: leakVerdictSchema,
      findings: z.array(leakFindingSchema),
      /** `compare`: what would let the check ask a secondary there; null when it did, or none is free. */
      hosts: z.array(otherPrimarySchema.extend({ compare: intentSchema.nullable() })),
      fixes: z.array(z.object({ title: z.string(), intent: intentSchema })),
    }),
  },
  ...simulationRequests,
  /** What the journal knows of virtual subsystems: deleted ones, secondaries given back, what migrations left. */
  'virtual-subsystem:journal': {
    request: nothing,
    response: z.object({
      deletions: z.array(subsystemDeletionSchema),
      releases: z.array(secondaryReleaseSchema),
      remains: z.array(migrationRemainsSchema),
    }),
  },
  /** Drafts of the open source that no procedure has created. */
  'draft:list': { request: nothing, response: z.object({ drafts: z.array(virtualSubsystemDraftSchema) }) },
  /** Without an id: a new draft. */
  'draft:save': {
    request: z.object({
      draft: virtualSubsystemDraftSchema.omit({ id: true, savedAt: true }).extend({ id: id.optional() }),
    }),
    response: z.object({ draft: virtualSubsystemDraftSchema }),
  },
  'draft:delete': { request: z.object({ id }), response: nothing },
  /** At most as many as make an answer of some 600 KB. */
  'trace:recent': {
    request: z.object({ limit: z.number().int().min(1).max(2000) }),
    response: z.object({ entries: z.array(commandTraceEntrySchema) }),
  },
  'report:render': {
    request: z.object({ subject: reportSubjectSchema, format: z.enum(['html', 'json']) }),
    response: z.object({ text: z.string(), suggestedName: z.string() }),
  },
  /** Asks for a place with the native dialog and writes it; null when cancelled. */
  'report:export': {
    request: z.object({ subject: reportSubjectSchema, format: z.enum(['html', 'json']) }),
    response: z.object({ path: z.string().nullable() }),
  },
  /** Shows a file that was exported in this run of the program in the file manager. */
  'report:reveal': { request: z.object({ path }), response: nothing },
  'settings:get': { request: nothing, response: settingsSchema },
  'settings:set': { request: settingsSchema.partial(), response: settingsSchema },
  ...batchRequests,
  ...rehearsalRequests,
  ...migrationRehearsalRequests,
  ...terminalRequests,
} as const satisfies Record<RequestChannel, { request: z.ZodType; response: z.ZodType }>;

/** What main tells the renderer unasked. */
export const eventContract = {
  'fleet:change': fleetChangeSchema,
  /** Another source was opened: ask for a snapshot. */
  'fleet:replaced': z.object({ revision: z.number().int() }),
  /** An archive is being read: so many of its bytes. */
  'fleet:reading': z.object({ read: z.number().int(), size: z.number().int() }),
  'run:changed': runChangeSchema,
  /** The audit of ownership came to another result. */
  'ownership:changed': z.object({ findings: z.array(ownershipFindingSchema) }),
  'drafts:changed': z.object({ drafts: z.array(virtualSubsystemDraftSchema) }),
  'trace:entries': z.object({ entries: z.array(commandTraceEntrySchema) }),
  'settings:changed': settingsSchema,
  'simulation:clock-changed': clockStateSchema,
  /** A command of the command table, chosen in the native menu. */
  'app:command': z.object({ command: z.string() }),
  /** Something to tell the person that no request asked for. */
  'app:notice': berthErrorSchema.extend({ severity: z.enum(['info', 'warning', 'error']) }),
  ...batchEvents,
  ...rehearsalEvents,
  ...migrationRehearsalEvents,
  ...terminalEvents,
} as const satisfies Record<EventChannel, z.ZodType>;

export type RequestOf<Channel extends RequestChannel> = z.infer<(typeof requestContract)[Channel]['request']>;
export type ResponseOf<Channel extends RequestChannel> = z.infer<
  (typeof requestContract)[Channel]['response']
>;
export type EventOf<Channel extends EventChannel> = z.infer<(typeof eventContract)[Channel]>;
