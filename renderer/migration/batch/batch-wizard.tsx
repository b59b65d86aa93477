import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import type { PlacementView } from '#shared/ipc/batch-contract.ts';
import { unreachable } from '#shared/result.ts';
import { client } from '../../bridge/client.ts';
import { takeBatch } from '../../fleet-mirror/batches-store.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { ReadOnlyBanner } from '../../open/read-only-banner.tsx';
import { LoadingState } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { notifyError } from '../../ui/overlays/notices.ts';
import { ActionStrip } from '../action-strip.tsx';
import { showBatch } from '../migration-view-store.ts';
import wizardStyles from '../wizard/wizard.module.css';
import {
  type BatchDraft,
  batchOf,
  batchSteps,
  batchTitle,
  changeDraft,
  dropBatchDraft,
  moving,
  unreadWarnings,
  useBatchDraft,
} from './batch-draft.ts';
import { BatchStepsList, batchStepTitles, isBatchStepReachable } from './batch-steps-list.tsx';
import { BatchOptionsStep } from './steps/batch-options-step.tsx';
import { BatchReviewStep } from './steps/batch-review-step.tsx';
import { BatchSourceStep } from './steps/batch-source-step.tsx';
import { PlacementStep } from './steps/placement-step.tsx';
import { type Placed, usePlacements } from './use-placements.ts';

const none: readonly PlacementView[] = [];

/** Several virtual machines move in one go: which, where to, how, and what to agree to. */
export function BatchWizard({ draft }: { readonly draft: BatchDraft }) {
  const fleet = useFleetMirror((mirror) => mirror.fleet);
  const [leaving, setLeaving] = useState(false);
  const placed = usePlacements(draft);
  if (fleet === null) return <LoadingState>Reading the fleet…</LoadingState>;
  const placements = placed.value?.placements ?? none;
  return (
    <div className={wizardStyles.wizard}>
      <BatchStepsList draft={draft} fleet={fleet} placements={placements} />
      <div className={wizardStyles.body} key={draft.step}>
        {fleet.source.readOnly === null ? null : (
          <div className={wizardStyles.group}>
            <ReadOnlyBanner title="Migration is not possible here" reason={fleet.source.readOnly} />
          </div>
        )}
        <CurrentStep draft={draft} fleet={fleet} placements={placements} placed={placed} />
      </div>
      <Strip draft={draft} fleet={fleet} placements={placements} onCancel={() => setLeaving(true)} />
      <Dialog
        open={leaving}
        onClose={() => setLeaving(false)}
        title="Discard these migrations?"
        description="Nothing has been changed on any host. Your choices here are lost."
        footer={
          <>
            <Button onClick={() => setLeaving(false)}>Keep editing</Button>
            <Button kind="danger" onClick={dropBatchDraft}>
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
  draft,
  ...rest
}: {
  readonly draft: BatchDraft;
  readonly fleet: Fleet;
  readonly placements: readonly PlacementView[];
  readonly placed: Placed;
}) {
  switch (draft.step) {
    case 'source':
      return <BatchSourceStep draft={draft} fleet={rest.fleet} />;
    case 'placement':
      return <PlacementStep draft={draft} {...rest} />;
    case 'options':
      return <BatchOptionsStep draft={draft} {...rest} />;
    case 'review':
      return <BatchReviewStep draft={draft} {...rest} />;
    default:
      return unreachable(draft.step);
  }
}

function Strip({
  draft,
  fleet,
  placements,
  onCancel,
}: {
  readonly draft: BatchDraft;
  readonly fleet: Fleet;
  readonly placements: readonly PlacementView[];
  readonly onCancel: () => void;
}) {
  const index = batchSteps.indexOf(draft.step);
  const back = batchSteps[index - 1];
  const next = batchSteps[index + 1];
  const go = moving(draft, placements);
  const refused = placements.filter(({ request }) => request === null).length;
  const warnings = go.reduce((sum, placement) => sum + placement.warnings.length, 0);
  return (
    <ActionStrip
      className={wizardStyles.strip}
      label="Migrations"
      actions={
        <>
          <Button kind="quiet" onClick={onCancel}>
            Cancel
          </Button>
          {back === undefined ? null : <Button onClick={() => changeDraft({ step: back })}>Back</Button>}
          {next === undefined ? (
            <StartButton draft={draft} fleet={fleet} placements={placements} />
          ) : (
            <Button
              kind="primary"
              unavailable={
                isBatchStepReachable(draft, next, placements)
                  ? false
                  : `${batchStepTitles[next]}: choose something that can move first.`
              }
              onClick={() => changeDraft({ step: next })}
            >
              Continue
            </Button>
          )}
        </>
      }
    >
      <span className={wizardStyles.verdict} role="status">
        {placements.length === 0 ? (
          <span className={wizardStyles.stripText}>Nothing is placed yet.</span>
        ) : (
          <>
            <span className="ok">{countWords(go.length, 'virtual machine')} can move</span>
            <span className={warnings > 0 ? 'warn' : wizardStyles.stripText}>
              {countWords(warnings, 'warning')}
            </span>
            <span className={refused > 0 ? 'bad' : wizardStyles.stripText}>{refused} refused</span>
          </>
        )}
      </span>
    </ActionStrip>
  );
}

function StartButton({
  draft,
  fleet,
  placements,
}: {
  readonly draft: BatchDraft;
  readonly fleet: Fleet;
  readonly placements: readonly PlacementView[];
}) {
  const [isAsked, setAsked] = useState(false);
  const count = moving(draft, placements).length;
  const unread = unreadWarnings(draft, placements);
  const blocked =
    fleet.source.readOnly ??
    (unread > 0
      ? `${countWords(unread, 'warning')} ${unread === 1 ? 'is' : 'are'} not acknowledged.`
      : null) ??
    (count === 0 ? 'Nothing moves.' : null);
  const start = async () => {
    setAsked(true);
    const title = batchTitle(draft, (id) => hostTitle(fleet, id), count);
    const begun = await client.call('batch:begin', batchOf(draft, placements, title));
    setAsked(false);
    if (!begun.ok) {
      notifyError(begun.error, 'The migrations did not start; nothing was changed');
      return;
    }
    takeBatch(begun.value);
    useBatchDraft.setState({ draft: null });
    showBatch(begun.value.id);
  };
  return (
    <Button kind="primary" unavailable={blocked ?? isAsked} onClick={() => void start()}>
      {draft.what.kind === 'evacuate' ? 'Evacuate' : `Migrate ${count}`}
    </Button>
  );
}
