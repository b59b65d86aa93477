import { useShallow } from 'zustand/react/shallow';
import { countWords } from '#shared/count-words.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { selectRuns, useRuns } from '../fleet-mirror/runs-store.ts';
import { Banner, Banners } from '../ui/content/states.tsx';
import { formatDateTime } from '../ui/format.ts';
import { RecoverButtons } from './recover-buttons.tsx';

/** Offers to resume, roll back or dismiss procedures that the journal found interrupted. */
export function RecoveryBanners() {
  const interrupted = useRuns(
    useShallow((state) => selectRuns(state, (run) => run.status === 'interrupted')),
  );
  if (interrupted.length === 0) return null;
  return (
    <Banners>
      {interrupted.map((run) => (
        <Offer key={run.id} run={run} />
      ))}
    </Banners>
  );
}

function Offer({ run }: { readonly run: ProcedureRun }) {
  const done = run.steps.filter((step) => step.status === 'done').length;
  return (
    <Banner
      tone="warning"
      title={`Interrupted: ${run.plan.title}`}
      lines={[
        `Berth closed while this was running (started ${formatDateTime(run.startedAt)}); ${done} of ${countWords(run.steps.length, 'step')} completed.`,
      ]}
      actions={<RecoverButtons run={run} size="small" />}
    />
  );
}
