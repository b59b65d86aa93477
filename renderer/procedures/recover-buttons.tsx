import { useState } from 'react';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { client } from '../bridge/client.ts';
import { takeAnswered } from '../fleet-mirror/runs-store.ts';
import { Button, type ButtonProps } from '../ui/controls/button.tsx';
import { notifyError } from '../ui/overlays/notices.ts';

/** What can be done about a procedure that was interrupted; the run in its new state replaces them. */
export function RecoverButtons({
  run,
  size = 'normal',
}: {
  readonly run: ProcedureRun;
  readonly size?: NonNullable<ButtonProps['size']>;
}) {
  const [pending, setPending] = useState(false);
  const recover = async (how: 'resume' | 'roll-back' | 'dismiss') => {
    setPending(true);
    const result = await client.call('procedure:recover', { runId: run.id, how });
    setPending(false);
    if (result.ok) takeAnswered(result.value);
    else notifyError(result.error, 'The interrupted procedure was not changed');
  };
  const unavailable = pending ? 'Waiting for the answer' : false;
  return (
    <>
      <Button size={size} kind="primary" unavailable={unavailable} onClick={() => void recover('resume')}>
        Resume
      </Button>
      <Button size={size} unavailable={unavailable} onClick={() => void recover('roll-back')}>
        Roll back
      </Button>
      <Button size={size} kind="quiet" unavailable={unavailable} onClick={() => void recover('dismiss')}>
        Leave as it is
      </Button>
    </>
  );
}
