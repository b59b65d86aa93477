import type { ReactNode } from 'react';
import type { Intent } from '#shared/procedure/intent.ts';
import type { Proposal } from '#shared/procedure/proposal.ts';
import { useRequest } from '../bridge/use-request.ts';
import { ErrorNotice } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { Dialog } from '../ui/overlays/dialog.tsx';
import { ConsequencesBanner } from './consequences-banner.tsx';
import { stage } from './intents.ts';

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
  onReview,
  preview,
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
  readonly aside?: ReactNode;
  /** Told that the intent went on to the review. */
  readonly onReview?: (() => void) | undefined;
  readonly onClose: () => void;
  /** Shows more of the plan than what it interrupts. */
  readonly preview?: (plan: Proposal) => ReactNode;
  readonly children: ReactNode;
}) {
  const { value: plan, error, loading } = useRequest('procedure:plan', intent === null ? null : { intent });
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
              intent === null ? missing : (error?.message ?? (plan === null || loading ? 'Planning…' : false))
            }
            onClick={() => {
              if (intent === null) return;
              onClose();
              onReview?.();
              stage(intent);
            }}
          >
            Review the steps
          </Button>
        </>
      }
    >
      {children}
      {plan === null ? null : <ConsequencesBanner lines={plan.consequences} />}
      {intent === null || error === null ? null : <ErrorNotice error={error} title="This would be refused" />}
      {plan === null ? null : preview?.(plan)}
    </Dialog>
  );
}
