import { z } from 'zod';
import { agreedSchema } from '../../procedure/agreement.ts';
import { migrationRequestSchema } from '../request.ts';

const id = z.string().min(1).max(512);

/** Migrations in one batch: more than any host has guests with functions. */
export const mostMembers = 256;

export const memberStateSchema = z.enum([
  'waiting',
  /** Its run is under way, or was cut short and waits for a person. */
  'running',
  'done',
  /** Its run has ended otherwise: the guest is where it was, or the run says what is left. */
  'failed',
  /** Its checks, made again right before it was to start, are against it. */
  'refused',
  /** Taken out before it started. */
  'cancelled',
]);
export type MemberState = z.infer<typeof memberStateSchema>;

/** One migration of a batch. */
export const batchMemberSchema = z.object({
  /** Unique in its batch. */
  id,
  request: migrationRequestSchema,
  /** Name of the virtual machine and of both hosts, as they were when it was asked for. */
  name: z.string().max(512),
  from: z.string().max(512),
  to: z.string().max(512),
  /** What a person has agreed to of its plan. */
  agreed: agreedSchema,
  state: memberStateSchema,
  /** Of the procedure that moves it; null before that has started. */
  runId: z.string().nullable(),
  /** When it was to start, milliseconds since the Unix epoch; null before. */
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  /** Why it was refused or has failed; of one that waits: what it waits for, where that is not its turn. */
  reasons: z.array(z.string()),
});
export type BatchMember = z.infer<typeof batchMemberSchema>;

export const batchLimitsSchema = z.object({
  /** Migrations of the batch that are under way at the same time. */
  atOnce: z.number().int().min(1).max(mostMembers),
  /** The same that leave one host, and that arrive at one host. */
  perHost: z.number().int().min(1).max(mostMembers),
});
export type BatchLimits = z.infer<typeof batchLimitsSchema>;

/** As libvirt tools and clouds have it: two on a host leave each enough of the link to converge. */
export const defaultBatchLimits: BatchLimits = { atOnce: 4, perHost: 2 };

/** Several migrations that were asked for together. */
export const migrationBatchSchema = z.object({
  id,
  /** `Evacuate hv-a`, `Move 3 virtual machines`. */
  title: z.string().max(512),
  /** Milliseconds since the Unix epoch. */
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** `held`: nothing new starts until a person says so. */
  state: z.enum(['running', 'held', 'ended']),
  /** Why it is held, in words; empty: it is not. */
  heldBecause: z.string(),
  limits: batchLimitsSchema,
  whenOneFails: z.enum(['go-on', 'stop']),
  /** In the order in which they start. */
  members: z.array(batchMemberSchema).min(1).max(mostMembers),
});
export type MigrationBatch = z.infer<typeof migrationBatchSchema>;

/** What is asked for to begin one. */
export const newBatchSchema = z.object({
  title: z.string().min(1).max(512),
  limits: batchLimitsSchema,
  whenOneFails: z.enum(['go-on', 'stop']),
  members: z
    .array(z.object({ request: migrationRequestSchema, agreed: agreedSchema }))
    .min(1)
    .max(mostMembers),
});
export type NewBatch = z.infer<typeof newBatchSchema>;

/** What a person says of a batch under way. */
export const batchChangeSchema = z.discriminatedUnion('kind', [
  /** One that is held goes on. */
  z.object({ kind: z.literal('go-on') }),
  /** Those that wait are taken out; what is under way goes on. */
  z.object({ kind: z.literal('drop-rest') }),
  z.object({ kind: z.literal('take-out'), memberId: id }),
  /** Those that wait, in the order in which they are to start. */
  z.object({ kind: z.literal('reorder'), memberIds: z.array(id).max(mostMembers) }),
  /** Those that wait are taken out, and those under way go back as far as they may; nothing goes back from the point of no return. */
  z.object({ kind: z.literal('abort-all') }),
  z.object({ kind: z.literal('set-limits'), limits: batchLimitsSchema }),
]);
export type BatchChange = z.infer<typeof batchChangeSchema>;

export type BatchCounts = Readonly<Record<MemberState, number>>;

/** Batches, as far as their counts depend on them. */
type Counted = readonly { readonly members: readonly Pick<BatchMember, 'state'>[] }[];

export function countMembers(batches: Counted): BatchCounts {
  const counts = { waiting: 0, running: 0, done: 0, failed: 0, refused: 0, cancelled: 0 };
  for (const { members } of batches) for (const { state } of members) counts[state] += 1;
  return counts;
}

/** `3 migrations, 1 waiting`; null: nothing is under way or waits. */
export function migrationQueueWords(batches: Counted): string | null {
  const { running, waiting } = countMembers(batches);
  if (running + waiting === 0) return null;
  const moving = running === 1 ? '1 migration' : `${running} migrations`;
  return waiting === 0 ? moving : `${moving}, ${waiting} waiting`;
}
