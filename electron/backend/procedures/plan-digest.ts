import { createHash } from 'node:crypto';
import { planContent } from '#shared/procedure/plan-content.ts';
import type { Plan } from '#shared/procedure/procedure.ts';

/** SHA-256 of what a plan does, in hexadecimal: two plans with the same digest do the same. */
export function planDigest(plan: Plan): string {
  return createHash('sha256').update(planContent(plan)).digest('hex');
}
