import type { ReactNode } from 'react';
import type { Intent } from '#shared/procedure/intent.ts';
import { useRequest } from '../../bridge/use-request.ts';
import { stage } from '../../procedures/intents.ts';
import { ErrorNotice } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';

/**
 * A dialog whose intent is planned while it is being entered, so that a refusal shows before the review. Nothing runs from
 * here: its button hands the intent on to the review.
 */
export function PlannedDialog({
  title,
  description,
  wide = false,
  intent,
  missing,
  aside,
  onClose,
  children,
}: {
  readonly title: string;
  readonly description: string;
  readonly wide?: boolean;
  /** What was entered; null while it is incomplete. */
  readonly intent: Intent | null;
  /** What is incomplete, and how to complete it. */
  readonly missing: string;
  /** A button before the others. */
  readonly aside: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { value: plan, error } = useRequest('procedure:plan', intent === null ? null : { intent });
  return (
    <Dialog
      open
      wide={wide}
      onClose={onClose}
      title={title}
      description={description}
      footer={
        <>
          {aside}
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            unavailable={
              intent === null ? missing : (error?.message ?? (plan === null ? 'Planning…' : false))
            }
            onClick={() => {
              if (intent === null) return;
              onClose();
              stage(intent);
            }}
          >
            Review the steps
          </Button>
        </>
      }
    >
      {children}
      {intent === null || error === null ? null : <ErrorNotice error={error} title="It would be refused" />}
    </Dialog>
  );
}
