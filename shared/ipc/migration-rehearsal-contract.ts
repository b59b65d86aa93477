import { z } from 'zod';
import { rehearsalFaultSchema, rehearsalFaults } from '../migration/rehearsal/fault.ts';
import {
  migrationRehearsalStateSchema,
  rehearsedCellRunSchema,
} from '../migration/rehearsal/rehearsal-state.ts';
import { migrationRequestSchema } from '../migration/request.ts';
import { reviewedSchema } from '../procedure/proposal.ts';
import { emptySchema as nothing } from './contract-parts.ts';

const id = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
/** 0-based; no plan of a migration has so many. */
const step = z.number().int().min(0).max(100_000);

/** The plan of a migration on simulated twins of its hosts. */
export const migrationRehearsalRequests = {
  /** Begins in the background; what becomes of it is told by events. One that was under way is stopped. */
  'migration-rehearsal:start': {
    request: z.object({
      request: migrationRequestSchema,
      digest: reviewedSchema.shape.digest,
      faults: z.array(rehearsalFaultSchema).min(1).max(rehearsalFaults.length),
      /** null: every step. */
      steps: z.array(step).min(1).max(10_000).nullable(),
    }),
    response: migrationRehearsalStateSchema,
  },
  'migration-rehearsal:stop': { request: z.object({ id }), response: nothing },
  /** One case again, with its run. */
  'migration-rehearsal:cell': {
    request: z.object({ id, step, fault: rehearsalFaultSchema }),
    response: rehearsedCellRunSchema,
  },
} as const;

export const migrationRehearsalEvents = {
  'migration-rehearsal:changed': migrationRehearsalStateSchema,
} as const;
