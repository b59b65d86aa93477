import type { Plan } from '#shared/procedure/procedure.ts';
import type { Proposal } from '#shared/procedure/proposal.ts';

/** Why a plan must not run by one key. */
export interface PlanDanger {
  /** What cannot be undone, one line each; empty: all of it can. */
  readonly irreversible: readonly string[];
  /** What a person must say before it runs, in their own words; null: nothing. */
  readonly consent: string | null;
}

/** Names that are said one by one; nobody reads more. */
const named = 4;

export function dangerOf(plan: Proposal): PlanDanger {
  const irreversible = irreversibleLines(plan);
  const { guestsCutOff: guests } = plan;
  if (guests.length === 0) return { irreversible, consent: null };
  const rest = guests.length - named;
  const who = `${guests.slice(0, named).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  const loss = `${guests.length === 1 ? 'loses' : 'lose'} a drive or data that may be in use`;
  const end = irreversible.length === 0 ? '' : ', and that this cannot be undone';
  return { irreversible, consent: `I know that ${who} ${loss}${end}.` };
}

/** Whether a plan must be looked at even where its kind usually runs at once. */
export function needsReview(plan: Proposal): boolean {
  const { irreversible, consent } = dangerOf(plan);
  const says = (plan.warnings ?? []).length + (plan.left ?? []).length > 0;
  return says || plan.consequences.length > 0 || irreversible.length > 0 || consent !== null;
}

/** What of a plan cannot be undone, in words. */
export function irreversibleLines({ steps, pointOfNoReturn }: Plan): readonly string[] {
  const end = pointOfNoReturn ?? steps.length;
  const single = steps
    .slice(0, end)
    .flatMap(({ inverse, words }, index) => (inverse === null ? [`Step ${index + 1}: ${words}.`] : []));
  const rest = single.length - named;
  return [
    ...single.slice(0, named),
    ...(rest > 0 ? [`${rest} more of its steps.`] : []),
    ...(pointOfNoReturn === null ? [] : [`Everything from step ${end + 1} on: ${steps[end]?.words ?? ''}.`]),
  ];
}
