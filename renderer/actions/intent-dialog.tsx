import type { ReactNode } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { stage } from '../procedures/intents.ts';
import { LeftBanner } from '../procedures/left-banner.tsx';
import { Button } from '../ui/controls/button.tsx';
import { Dialog } from '../ui/overlays/dialog.tsx';
import { closeDialog } from './shown-dialog.ts';

/** What a dialog is opened with that changes controllers of a selection. */
export interface ChosenControllers {
  readonly fleet: Fleet;
  readonly controllerIds: readonly string[];
  /** What of the selection it is not about, and why. */
  readonly left: readonly string[];
}

/** A dialog that asks for an intent about a selection; its button shows the plan, nothing runs from here. */
export function IntentDialog({
  title,
  description,
  intent,
  missing,
  left,
  children,
}: {
  readonly title: string;
  readonly description?: string;
  readonly intent: Intent | null;
  /** Why there is no intent yet. */
  readonly missing?: string;
  /** What of the selection the intent is not about, and why. */
  readonly left: readonly string[];
  readonly children: ReactNode;
}) {
  const review = () => {
    if (intent === null) return;
    closeDialog();
    stage(intent, left);
  };
  return (
    <Dialog
      open
      onClose={closeDialog}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={closeDialog}>Cancel</Button>
          <Button kind="primary" unavailable={intent === null ? (missing ?? true) : false} onClick={review}>
            Review the steps
          </Button>
        </>
      }
    >
      <form
        id="intent"
        style={{ display: 'contents' }}
        onSubmit={(event) => {
          event.preventDefault();
          review();
        }}
      >
        <LeftBanner lines={left} />
        {children}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
