import { useState } from 'react';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { client } from '../bridge/client.ts';
import { isActive, takeRun } from '../fleet-mirror/runs-store.ts';
import { undo } from '../procedures/intents.ts';
import { Button } from '../ui/controls/button.tsx';
import { notifyError } from '../ui/overlays/notices.ts';

/** What can be done about a run now: abort, undo, or recover after an interruption. */
export function RunActions({ run }: { readonly run: ProcedureRun }) {
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    await work();
    setBusy(false);
  };
  const abort = () =>
    act(async () => {
      const result = await client.call('procedure:abort', { runId: run.id });
      if (!result.ok) notifyError(result.error, 'The procedure was not aborted');
    });
  const recover = (how: 'resume' | 'roll-back' | 'dismiss') =>
    act(async () => {
      const result = await client.call('procedure:recover', { runId: run.id, how });
      if (result.ok) takeRun(result.value);
      else notifyError(result.error, 'The procedure was not recovered');
    });
  const unavailable = busy ? 'Waiting for the answer' : undefined;
  if (run.status === 'interrupted') {
    return (
      <>
        <Button kind="primary" unavailable={unavailable} onClick={() => void recover('resume')}>
          Resume
        </Button>
        <Button unavailable={unavailable} onClick={() => void recover('roll-back')}>
          Roll back
        </Button>
        <Button kind="quiet" unavailable={unavailable} onClick={() => void recover('dismiss')}>
          Leave as it is
        </Button>
      </>
    );
  }
  if (isActive(run) && run.abortable) {
    return (
      <Button kind="danger" unavailable={unavailable} onClick={() => void abort()}>
        Abort and roll back
      </Button>
    );
  }
  if (!run.undoable) return null;
  return (
    <Button unavailable={unavailable} onClick={() => void act(() => undo(run.id))}>
      Undo
    </Button>
  );
}
