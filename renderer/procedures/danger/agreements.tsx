import { useState } from 'react';
import type { Plan } from '#shared/procedure/procedure.ts';
import { Banner } from '../../ui/content/states.tsx';
import { Checkbox } from '../../ui/controls/form.tsx';

type Warnings = NonNullable<Plan['warnings']>;

/** What a plan warns of, and what of it the person has agreed to. */
export interface Agreements {
  readonly warnings: Warnings;
  readonly agreed: ReadonlySet<string>;
  readonly agree: (id: string, yes: boolean) => void;
  /** Why the plan cannot be applied yet, or false. */
  readonly missing: string | false;
}

/** An agreement holds for its own warning, as long as the plan warns of it. */
export function useAgreements(plan: Plan | null): Agreements {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const warnings = plan?.warnings ?? [];
  const agreed = new Set(warnings.flatMap(({ id }) => (ticked.has(id) ? id : [])));
  return {
    warnings,
    agreed,
    agree: (id, yes) => setTicked(new Set(yes ? [...ticked, id] : [...ticked].filter((one) => one !== id))),
    missing: agreed.size < warnings.length ? 'Agree to each warning above first.' : false,
  };
}

/** The warnings, each with a box of its own; nothing where there are none. */
export function AgreementList({ agreements }: { readonly agreements: Agreements }) {
  const { warnings, agreed, agree } = agreements;
  if (warnings.length === 0) return null;
  return (
    <Banner tone="warning" title="What speaks against it: agree to each">
      {warnings.map(({ id, words }) => (
        <div key={id}>
          <Checkbox checked={agreed.has(id)} onChange={(yes) => agree(id, yes)}>
            {words}
          </Checkbox>
        </div>
      ))}
    </Banner>
  );
}
