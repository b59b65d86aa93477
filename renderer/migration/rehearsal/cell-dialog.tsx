import { rehearsalFaultMeanings, rehearsalFaultWords } from '#shared/migration/rehearsal/fault.ts';
import type { MigrationRehearsal } from '#shared/migration/rehearsal/rehearsal-result.ts';
import type { Plan } from '#shared/procedure/procedure.ts';
import { Leftovers } from '../../history/leftovers.tsx';
import { StepList } from '../../procedures/steps/step-list.tsx';
import { ErrorNotice, LoadingState } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { closeCell, type OpenedCell } from './migration-rehearsal-store.ts';
import { cellWords } from './rehearsal-matrix.tsx';

/** One case of a rehearsal: what it came to, and every step of its run. */
export function CellDialog({
  opened,
  plan,
  rehearsal,
}: {
  readonly opened: OpenedCell;
  readonly plan: Pick<Plan, 'steps'>;
  readonly rehearsal: MigrationRehearsal | null;
}) {
  const { step, fault, run } = opened;
  const cell = rehearsal?.cells.find((one) => one.step === step && one.fault === fault);
  return (
    <Dialog
      open
      wide
      reading
      onClose={closeCell}
      title={`${rehearsalFaultWords[fault]}, at step ${step + 1}: ${plan.steps[step]?.words ?? ''}`}
      description={`On simulated twins. ${rehearsalFaultMeanings[fault]}`}
      footer={<Button onClick={closeCell}>Close</Button>}
    >
      {cell === undefined ? null : <p className={cell.passed ? '' : 'bad'}>{cellWords(cell)}.</p>}
      {run === null ? (
        <LoadingState>Living it through again…</LoadingState>
      ) : run.run === null ? (
        <p className="bad">There is no run: {run.status}.</p>
      ) : (
        <>
          <p>
            The run is {run.status}.
            {run.run.recoveries === undefined
              ? ''
              : ` The program was killed and started again; then: ${run.run.recoveries.map(({ how }) => how).join(', ')}.`}
          </p>
          {run.run.error === null ? null : <ErrorNotice title="What went wrong" error={run.run.error} />}
          <Leftovers run={run.run} />
          <StepList plan={run.run.plan} runs={run.run.steps} framed />
        </>
      )}
    </Dialog>
  );
}
