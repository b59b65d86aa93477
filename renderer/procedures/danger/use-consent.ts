import { type FocusEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { GuestConsent, PlanDanger } from './plan-danger.ts';

export interface Consent {
  readonly agreed: boolean;
  /** Ids of the guests that were in the box when it was ticked; empty: it is not. */
  readonly guests: readonly string[];
  readonly agree: (agreed: boolean) => void;
  /** Why the plan cannot be applied yet, or false. */
  readonly missing: string | false;
  /** Of Apply. */
  readonly onFocusApply: (event: FocusEvent) => void;
  readonly box: RefObject<HTMLDivElement | null>;
  readonly cancel: RefObject<HTMLButtonElement | null>;
}

/**
 * Keeps a dangerous plan from running by Enter alone: the focus, which would be on Apply, goes to the box that must be
 * ticked, or to Cancel. What was agreed to holds for those words and guests only.
 */
export function useConsent(danger: PlanDanger | null, apply: RefObject<HTMLButtonElement | null>): Consent {
  const [agreedTo, setAgreedTo] = useState<GuestConsent | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const consent = danger?.consent ?? null;
  const isDangerous = danger !== null && (consent !== null || danger.irreversible.length > 0);
  const leaveApply = () =>
    (box.current?.querySelector<HTMLElement>('[role="checkbox"]') ?? cancel.current)?.focus();
  // Before the next key can come.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new danger moves the focus
  useLayoutEffect(() => {
    if (isDangerous && document.activeElement === apply.current) leaveApply();
  }, [isDangerous, consent?.words, apply]);
  const agreed = consent !== null && agreedTo !== null && isSame(agreedTo, consent);
  return {
    agreed,
    guests: agreed ? agreedTo.guests : [],
    agree: (yes) => setAgreedTo(yes ? consent : null),
    // The plan may be there before the focus is. Whoever comes to Apply from within the sheet means it.
    onFocusApply: ({ relatedTarget }) => {
      const isWithin = relatedTarget?.closest('[role="dialog"], [data-base-ui-focus-guard]') != null;
      if (isDangerous && !isWithin) leaveApply();
    },
    missing: consent !== null && !agreed ? 'Tick the box above first.' : false,
    box,
    cancel,
  };
}

/** Beyond the names that the words have, there may be other guests. */
function isSame(one: GuestConsent, other: GuestConsent): boolean {
  return one.words === other.words && one.guests.join('\n') === other.guests.join('\n');
}
