import { guestsWords } from '#shared/procedure/agreement.ts';
import type { Plan } from '#shared/procedure/procedure.ts';
import type { Proposal } from '#shared/procedure/proposal.ts';

/** Why a plan must not run by one key. */
export interface PlanDanger {
  /** What cannot be undone, one line each; empty: all of it can. */
  readonly irreversible: readonly string[];
  /** What a person must agree to before it runs; null: nothing. */
  readonly consent: GuestConsent | null;
}

/** That guests are cut off. */
export interface GuestConsent {
  /** What the person says, whole sentences. */
  readonly words: string;
  /** Ids of all guests that it speaks of. */
  readonly guests: readonly string[];
}

/** Steps that are said one by one; nobody reads more. */
const named = 4;

/** `final`: what is lost for good besides steps that cannot be undone. */
export function dangerOf(plan: Proposal, final: readonly string[] = []): PlanDanger {
  const irreversible = [...final, ...irreversibleLines(plan)];
  const { guestsCutOff: guests } = plan;
  if (guests.length === 0) return { irreversible, consent: null };
  const loss = `${guests.length === 1 ? 'loses' : 'lose'} a drive or data that may be in use`;
  const end = irreversible.length === 0 ? '' : ', and that this cannot be undone';
  return {
    irreversible,
    consent: {
      words: `I know that ${guestsWords(guests)} ${loss}${end}.`,
      guests: guests.map(({ id }) => id),
    },
  };
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
