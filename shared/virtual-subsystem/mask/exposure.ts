import { z } from 'zod';
import type { Fleet } from '../../fleet/schema.ts';
import { findPrimary } from '../../fleet/selectors.ts';
import { baselineMask, baselineRows, intersectMasks } from '../baseline/baseline.ts';
import { likelyMembers } from '../baseline/suggestions.ts';
import type { ExposedCapability } from './exposed-capability.ts';
import { safeHidingMask } from './hidden-fields.ts';

/** What a new virtual subsystem lets its members show: the baseline of all hosts, what its primary offers, everything. */
export const exposureSchema = z.enum(['baseline', 'primary', 'everything']);
export type Exposure = z.infer<typeof exposureSchema>;

/** The mask of a new virtual subsystem. The baseline spans every primary that reaches the same drive. */
export function exposedFor(fleet: Fleet, primaryId: string, exposure: Exposure): ExposedCapability[] {
  const primary = findPrimary(fleet, primaryId);
  if (primary === undefined || exposure === 'everything') return [];
  const members = exposure === 'baseline' ? likelyMembers(fleet, primary) : [primary];
  return intersectMasks(baselineMask(baselineRows(members)), safeHidingMask());
}
