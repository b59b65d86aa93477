import { z } from 'zod';
import { berthErrorSchema } from '../../error-schema.ts';
import { procedureRunSchema } from '../../procedure/procedure.ts';
import { migrationRehearsalSchema } from './rehearsal-result.ts';

/** A rehearsal under way, or the last one. */
export const migrationRehearsalStateSchema = z.object({
  id: z.number().int().min(1),
  /** Of the plan that was reviewed when it began. */
  planDigest: z.string(),
  status: z.enum(['running', 'stopped', 'ended']),
  /** What was lived through so far; null before the first case. */
  rehearsal: migrationRehearsalSchema.nullable(),
  /** Why there is none. */
  error: berthErrorSchema.nullable(),
});
export type MigrationRehearsalState = z.infer<typeof migrationRehearsalStateSchema>;

/** One case, lived through again for a look at it. */
export const rehearsedCellRunSchema = z.object({
  /** Status in which the run ended; `hangs` and `not begun` where it did not. */
  status: z.string(),
  problems: z.array(z.string()),
  run: procedureRunSchema.nullable(),
});
export type RehearsedCellRun = z.infer<typeof rehearsedCellRunSchema>;
