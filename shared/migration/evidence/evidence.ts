import { z } from 'zod';
import { proofStageSchema } from '../../procedure/steps/proof.ts';

/** When something was compared; `source-released`: after the last step, `rolled-back`: when everything had been taken back. */
export const comparedStageSchema = z.enum([...proofStageSchema.options, 'source-released', 'rolled-back']);
export type ComparedStage = z.infer<typeof comparedStageSchema>;

/** One thing that was compared, as text from both sides. */
export const comparedLineSchema = z.object({
  what: z.string(),
  source: z.string(),
  destination: z.string(),
  equal: z.boolean(),
});

/** SHA-256 in hexadecimal. */
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const place = {
  /** Milliseconds: of simulated time on a simulated fleet, else since the Unix epoch. */
  at: z.number(),
  hostId: z.string(),
};

/** One thing that was read for a comparison, as it was answered. */
export const evidenceReadSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('command'),
    ...place,
    /** Address of the function, and whether it was asked as the guest asks it. */
    address: z.string(),
    asGuest: z.boolean(),
    name: z.string(),
    opcode: z.number().int(),
    nsid: z.number().int(),
    /** Command dwords 10 to 15. */
    cdw: z.array(z.number().int()).length(6),
    /** Status Code Type and Status Code; null: there was no answer. */
    status: z.tuple([z.number().int(), z.number().int()]).nullable(),
    /** Completion dword 0. */
    dw0: z.number().int(),
    /** Bytes of data that came, and their digest; empty where none did. */
    bytes: z.number().int().min(0),
    sha256: z.union([sha256Schema, z.literal('')]),
  }),
  z.object({
    kind: z.literal('host'),
    ...place,
    /** What the host was asked for, and of what: `virtual machines`, `VFIO state of 0000:41:00.1`. */
    what: z.string(),
    value: z.string(),
  }),
]);
export type EvidenceRead = z.infer<typeof evidenceReadSchema>;

const evidenceStageContentSchema = z.object({
  stage: comparedStageSchema,
  reads: z.array(evidenceReadSchema),
  /** Reads beyond those that are kept: how many, and the digest of their canonical JSON, a line each; null: there are none. */
  more: z.object({ count: z.number().int().min(1), sha256: sha256Schema }).nullable(),
  compared: z.array(comparedLineSchema),
});
export type EvidenceStageContent = z.infer<typeof evidenceStageContentSchema>;

/** What was read and compared at one stage. */
export const evidenceStageSchema = evidenceStageContentSchema.extend({
  /** Of the canonical JSON of everything else in it. */
  sha256: sha256Schema,
});
export type EvidenceStage = z.infer<typeof evidenceStageSchema>;

/** What a proof rests on: see docs/evidence.md. */
export const evidenceSchema = z.object({
  format: z.literal('berth-evidence'),
  version: z.literal(1),
  stages: z.array(evidenceStageSchema),
  /** Of the canonical JSON of the list of the stages' digests. */
  sha256: sha256Schema,
});
export type Evidence = z.infer<typeof evidenceSchema>;
