import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { recoverySchema } from '#shared/procedure/recovery/recovery.ts';
import { Button, type ButtonProps } from '../ui/controls/button.tsx';
import { stageRecovery } from './intents.ts';
import { recoveryNames } from './recovery/recovery-words.ts';

const kinds = { resume: 'primary', 'roll-back': 'normal', dismiss: 'quiet' } as const;

/** The ways on of a procedure that was interrupted; each is looked at before it is taken. */
export function RecoverButtons({
  run,
  size = 'normal',
}: {
  readonly run: ProcedureRun;
  readonly size?: NonNullable<ButtonProps['size']>;
}) {
  return recoverySchema.options.map((how) => (
    <Button key={how} size={size} kind={kinds[how]} onClick={() => stageRecovery(run.id, how)}>
      {recoveryNames[how]}…
    </Button>
  ));
}
