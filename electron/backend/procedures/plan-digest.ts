import { createHash } from 'node:crypto';
import { planContent } from '#shared/procedure/plan-content.ts';
import type { Plan } from '#shared/procedure/procedure.ts';
import type { RunnerDependencies } from './runner-dependencies.ts';

/** SHA-256 of what a plan does, in hexadecimal: two plans with the same digest do the same. */
export function planDigest(plan: Plan): string {
  return createHash('sha256').update(planContent(plan)).digest('hex');
}

/** A plan with what was seen of this very plan on simulated twins, so that it is journalled with it. */
export function withRehearsal(plan: Plan, { rehearsed }: Pick<RunnerDependencies, 'rehearsed'>): Plan {
  const rehearsal = plan.intent.kind === 'migrate' ? rehearsed?.(planDigest(plan)) : null;
  return rehearsal ? { ...plan, rehearsal } : plan;
}
