import { useState } from 'react';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { abortRun } from '../procedures/abort-run.ts';
import { undo } from '../procedures/intents.ts';
import { RecoverButtons } from '../procedures/recover-buttons.tsx';
import { Button } from '../ui/controls/button.tsx';

/** What can be done about a run now: abort, undo, or recover after an interruption. */
export function RunActions({ run }: { readonly run: ProcedureRun }) {
  const [busy, setBusy] = useState(false);
  // While one answer is awaited, a second press would ask for something that no longer fits.
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true);
    await work();
    setBusy(false);
  };
  const unavailable = busy ? 'Waiting for the answer' : undefined;
  if (run.status === 'interrupted') return <RecoverButtons run={run} />;
  if (isActive(run) && run.abortable) {
    return (
      <Button kind="danger" unavailable={unavailable} onClick={() => void act(() => abortRun(run.id))}>
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
