import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { simulatedTimeWords } from '#shared/simulation/clock-words.ts';
import { Banner } from '../ui/content/states.tsx';

/** Which faults were injected while a run was under way. */
export function InjectedBanner({ run }: { readonly run: ProcedureRun }) {
  const { injected } = run;
  if (injected === undefined || injected.length === 0) return null;
  return (
    <Banner
      tone="warning"
      title="Fault injected"
      lines={injected.map(({ at, words }) => `${simulatedTimeWords(at)} simulated: ${words}`)}
    />
  );
}
