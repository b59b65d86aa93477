import { useEffect, useMemo, useRef, useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Proposal, Reviewable, Reviewed } from '#shared/procedure/proposal.ts';
import type { Recovery } from '#shared/procedure/recovery/recovery.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { takeAnswered, useRuns } from '../fleet-mirror/runs-store.ts';
import { ProgressBar, SectionLabel } from '../ui/content/small.tsx';
import { ErrorNotice, LoadingState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { CopyButton } from '../ui/controls/copy-button.tsx';
import { Dialog } from '../ui/overlays/dialog.tsx';
import { notifyError } from '../ui/overlays/notices.ts';
import { abortRun } from './abort-run.ts';
import { AssignmentFields } from './assignment-fields.tsx';
import { ConsequencesBanner } from './consequences-banner.tsx';
import { AgreementList, useAgreements } from './danger/agreements.tsx';
import { DangerSection } from './danger/danger-section.tsx';
import { dangerOf } from './danger/plan-danger.ts';
import { useConsent } from './danger/use-consent.ts';
import { unstage } from './intents.ts';
import { LeftBanner } from './left-banner.tsx';
import { PlanChangesNotice } from './plan-changes.tsx';
import { RecoveryFields, useRecoveryState, WhatStays } from './recovery/recovery-fields.tsx';
import { leavingIsFinal, noStepWords, recoveryNames, stepsTitles } from './recovery/recovery-words.ts';
import styles from './review-sheet.module.css';
import { StepList } from './steps/step-list.tsx';
import { usePlanReview } from './use-plan-review.ts';

/** The plan of a change before it runs, and its live progress once applied. */
export function ReviewSheet({
  change: first,
  reviewed = null,
  left = [],
}: {
  readonly change: Reviewable;
  /** A look at the plan that was taken before; the plan is compared with it. */
  readonly reviewed?: Reviewed | null;
  /** What of the selection the change is not about, and why. */
  readonly left?: readonly string[];
}) {
  // What the person edits in the sheet; `first` is what it was opened with.
  const [change, setChange] = useState(first);
  const [runId, setRunId] = useState<string | null>(null);
  const [starting, setStarting] = useState(false);
  const run = useRuns((state) => (runId === null ? undefined : state.runs[runId]));
  const {
    proposal: plan,
    error,
    loading,
    reload,
    start,
  } = usePlanReview(runId === null ? change : null, change === first ? reviewed : null);

  const applyButton = useRef<HTMLButtonElement>(null);
  const how = change.kind === 'recover' ? change.how : null;
  const interrupted = useRecoveryState(run === undefined && change.kind === 'recover' ? change.runId : null);
  const danger = useMemo(() => (plan === null ? null : dangerOf(plan, lostFor(how))), [plan, how]);
  const consent = useConsent(danger, applyButton);
  const agreements = useAgreements(plan);
  const isDangerous = danger !== null && (danger.consent !== null || danger.irreversible.length > 0);
  // As it was asked for: the notice tells it and offers Undo, which a modal sheet would keep out of reach.
  const done = run?.status === 'done' || (how !== null && run?.error?.code === 'aborted');
  useEffect(() => {
    if (done) unstage();
  }, [done]);

  const apply = async () => {
    setStarting(true);
    const agreed = { guests: [...consent.guests], warnings: [...agreements.agreed] };
    const started = await start(change, agreed);
    setStarting(false);
    if (!started.ok) notifyError(started.error, 'Nothing was changed');
    else if (started.value !== null) {
      takeAnswered(started.value);
      setRunId(started.value.id);
    }
  };
  // Once it runs, its own plan: a new proposal would be about the fleet in between.
  const shown = run?.plan ?? plan;
  const changes = run === undefined ? (plan?.changes ?? null) : null;
  const lines = shown?.steps.flatMap((step) => step.commandLines) ?? [];

  return (
    <Dialog
      open
      wide
      onClose={unstage}
      initialFocus={applyButton}
      title={shown?.title ?? (error === null ? 'Planning…' : 'This change is refused')}
      description={
        run === undefined
          ? how === null
            ? 'Nothing has been changed yet. Each step is read back from the device after it runs.'
            : 'Berth ended while this was running. Nothing more happens before you decide.'
          : undefined
      }
      footer={
        run === undefined ? (
          <>
            <span className={styles.footText}>{plan === null ? '' : footWords(plan, change)}</span>
            <Button ref={consent.cancel} onClick={unstage}>
              Cancel
            </Button>
            <Button
              ref={applyButton}
              onFocus={consent.onFocusApply}
              kind={isDangerous ? 'danger' : 'primary'}
              unavailable={
                plan === null || loading
                  ? 'The plan is not ready.'
                  : starting
                    ? 'Starting…'
                    : consent.missing || agreements.missing
              }
              onClick={() => void apply()}
            >
              {how !== null ? recoveryNames[how] : changes === null ? 'Apply' : 'Apply the new plan'}
            </Button>
          </>
        ) : (
          <>
            <span className={styles.footText}>
              <ProgressBar value={run.progress} label="Progress" />
            </span>
            {isActive(run) && how !== 'roll-back' ? (
              <Button
                kind="danger"
                unavailable={run.abortable ? false : 'It is past the point of no return.'}
                onClick={() => void abortRun(run.id)}
              >
                Abort and roll back
              </Button>
            ) : null}
            <Button kind={isActive(run) ? 'normal' : 'primary'} onClick={unstage}>
              {isActive(run) ? 'Continue in the background' : 'Close'}
            </Button>
          </>
        )
      }
    >
      {run === undefined && change.kind === 'intent' && change.intent.kind === 'assign' ? (
        <AssignmentFields
          intent={change.intent}
          onChange={(intent) => setChange({ kind: 'intent', intent })}
        />
      ) : null}
      <PlanChangesNotice changes={changes} />
      {run === undefined && change.kind === 'recover' ? (
        <RecoveryFields
          known={interrupted}
          change={change}
          onChange={(next) => {
            setChange(next);
            // What was agreed to was one way on.
            consent.agree(false);
          }}
        />
      ) : null}
      {error === null ? null : <ErrorNotice title="Nothing can be applied" error={error} onRetry={reload} />}
      {shown === null && error === null ? <LoadingState>Planning the steps…</LoadingState> : null}
      <LeftBanner lines={[...left, ...(shown?.left ?? [])]} />
      <ConsequencesBanner lines={shown?.consequences ?? []} />
      {run === undefined ? <AgreementList agreements={agreements} /> : null}
      {run !== undefined || danger === null ? null : (
        <DangerSection danger={danger} agreed={consent.agreed} onAgree={consent.agree} box={consent.box} />
      )}
      {run?.error == null ? null : <ErrorNotice title={failureTitle(run.status)} error={run.error} />}
      {run !== undefined || how === null || !plan?.steps.length ? null : (
        <SectionLabel>{stepsTitles[how]}</SectionLabel>
      )}
      {run === undefined && how === 'dismiss' ? <WhatStays state={interrupted.value} /> : null}
      {shown === null || shown.steps.length === 0 ? null : (
        <StepList plan={shown} runs={run?.steps ?? null} changes={changes} framed />
      )}
      {lines.length === 0 ? null : (
        <div className={styles.copyLines}>
          <CopyButton text={lines.join('\n')} what="command lines" /> Copy all command lines
        </div>
      )}
    </Dialog>
  );
}

/** What choosing this ends for good. */
function lostFor(how: Recovery | null): readonly string[] {
  return how === 'dismiss' ? [leavingIsFinal] : [];
}

function footWords(plan: Proposal, change: Reviewable): string {
  if (change.kind === 'recover' && plan.steps.length === 0) return noStepWords(change.how);
  const steps = countWords(plan.steps.length, 'step');
  const goesBack = change.kind === 'recover' && change.how === 'roll-back';
  return goesBack ? steps : `${steps}${reach(plan, change)}`;
}

/** How far back one can go, in words. */
function reach({ pointOfNoReturn, steps }: Proposal, { kind }: Reviewable): string {
  if (pointOfNoReturn !== null) return `, no roll-back from step ${pointOfNoReturn + 1} on`;
  const final = steps.filter(({ inverse }) => inverse === null).length;
  if (final > 0) return final === steps.length ? ', cannot be undone' : ', not all can be undone';
  return kind === 'undo' ? ', can be rolled back while it runs' : ', can be undone or rolled back';
}

function failureTitle(status: string): string {
  return status === 'rolled-back' ? 'Failed, and rolled back: everything is as before' : 'Failed';
}
