import { useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { unreachable } from '#shared/result.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { ReadOnlyBanner } from '../../open/read-only-banner.tsx';
import type { PlanReview } from '../../procedures/use-plan-review.ts';
import { LoadingState } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { dropDraft } from '../migration-view-store.ts';
import { CompatibilityStrip } from './compatibility-strip.tsx';
import { ChecksStep } from './steps/checks-step.tsx';
import { DestinationStep } from './steps/destination-step.tsx';
import { MappingStep } from './steps/mapping-step.tsx';
import { OptionsStep } from './steps/options-step.tsx';
import { ReviewStep } from './steps/review-step.tsx';
import { SourceStep } from './steps/source-step.tsx';
import { StepsList } from './steps-list.tsx';
import { useMigrationReview } from './use-migration-review.ts';
import { useWizardRequests } from './use-wizard-requests.ts';
import styles from './wizard.module.css';
import { type WizardState, wasAnythingEntered } from './wizard-state.ts';

/** The six steps, with the compatibility strip under each of them. */
export function Wizard({ state }: { readonly state: WizardState }) {
  const fleet = useFleetMirror((mirror) => mirror.fleet);
  useWizardRequests(state);
  const review = useMigrationReview(state);
  const [leaving, setLeaving] = useState(false);
  if (fleet === null) return <LoadingState>Reading the fleet…</LoadingState>;
  const cancel = () => (wasAnythingEntered(state) ? setLeaving(true) : dropDraft());
  return (
    <div className={styles.wizard}>
      <StepsList state={state} fleet={fleet} />
      <div className={styles.body} key={state.step}>
        {fleet.source.readOnly === null ? null : (
          <div className={styles.group}>
            <ReadOnlyBanner title="Migration is not possible here" reason={fleet.source.readOnly} />
          </div>
        )}
        <CurrentStep state={state} fleet={fleet} review={review} />
      </div>
      <CompatibilityStrip state={state} review={review} readOnly={fleet.source.readOnly} onCancel={cancel} />
      <Dialog
        open={leaving}
        onClose={() => setLeaving(false)}
        title="Discard this migration?"
        description="Nothing has been changed on any host. Your choices here are lost."
        footer={
          <>
            <Button onClick={() => setLeaving(false)}>Keep editing</Button>
            <Button kind="danger" onClick={dropDraft}>
              Discard
            </Button>
          </>
        }
      >
        <p className="mute">You can go to another screen in the meantime: the choices are kept.</p>
      </Dialog>
    </div>
  );
}

function CurrentStep({
  state,
  fleet,
  review,
}: {
  readonly state: WizardState;
  readonly fleet: Fleet;
  readonly review: PlanReview;
}) {
  switch (state.step) {
    case 'source':
      return <SourceStep state={state} fleet={fleet} />;
    case 'destination':
      return <DestinationStep state={state} fleet={fleet} />;
    case 'mapping':
      return <MappingStep state={state} fleet={fleet} />;
    case 'checks':
      return <ChecksStep state={state} fleet={fleet} />;
    case 'options':
      return <OptionsStep state={state} fleet={fleet} />;
    case 'review':
      return <ReviewStep state={state} fleet={fleet} review={review} />;
    default:
      return unreachable(state.step);
  }
}
