import { useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { countWords } from '#shared/count-words.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { client } from '../bridge/client.ts';
import { selectRuns, takeRun, useRuns } from '../fleet-mirror/runs-store.ts';
import { Banner, Banners } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { formatDateTime } from '../ui/format.ts';
import { notifyError } from '../ui/overlays/notices.ts';

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
  const [pending, setPending] = useState(false);
  const recover = async (how: 'resume' | 'roll-back' | 'dismiss') => {
    setPending(true);
    const result = await client.call('procedure:recover', { runId: run.id, how });
    setPending(false);
    if (result.ok) takeRun(result.value);
    else notifyError(result.error, 'The interrupted procedure was not changed');
  };
  const done = run.steps.filter((step) => step.status === 'done').length;
  const unavailable = pending ? 'Working on it…' : false;
  return (
    <Banner
      tone="warning"
      title={`Interrupted: ${run.plan.title}`}
      lines={[
        `Berth closed while this was running (started ${formatDateTime(run.startedAt)}); ${done} of ${countWords(run.steps.length, 'step')} completed.`,
      ]}
      actions={
        <>
          <Button
            size="small"
            kind="primary"
            unavailable={unavailable}
            onClick={() => void recover('resume')}
          >
            Resume
          </Button>
          <Button size="small" unavailable={unavailable} onClick={() => void recover('roll-back')}>
            Roll back
          </Button>
          <Button size="small" kind="quiet" unavailable={unavailable} onClick={() => void recover('dismiss')}>
            Dismiss
          </Button>
        </>
      }
    />
  );
}
