import { Check, LoaderCircle, TriangleAlert, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { PlanReview } from '../../procedures/use-plan-review.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/form.tsx';
import { formatDuration } from '../../ui/format.ts';
import { ActionStrip } from '../action-strip.tsx';
import { dispatch } from './dispatch.ts';
import { stepTitles } from './step-texts.ts';
import { startRun } from './use-migration-review.ts';
import styles from './wizard.module.css';
import { isReachable, nextStep, previousStep } from './wizard-reducer.ts';
import { latestAnswer, migrateBlockers, requestOf, type WizardState, warningsOf } from './wizard-state.ts';

/** What the checks say, at the bottom of every step, with Back and Continue or Migrate. */
export function CompatibilityStrip({
  state,
  review,
  readOnly,
  onCancel,
}: {
  readonly state: WizardState;
  readonly review: PlanReview;
  readonly readOnly: string | null;
  readonly onCancel: () => void;
}) {
  const back = previousStep(state.step);
  const next = nextStep(state.step);
  return (
    <ActionStrip
      className={styles.strip}
      label="Compatibility"
      actions={
        <>
          {state.step === 'checks' || state.step === 'review' ? <AcknowledgeAll state={state} /> : null}
          <Button kind="quiet" onClick={onCancel}>
            Cancel
          </Button>
          {back === null ? null : <Button onClick={() => dispatch({ kind: 'go', step: back })}>Back</Button>}
          {next === null ? (
            <MigrateButton state={state} review={review} readOnly={readOnly} />
          ) : (
            <Button
              kind="primary"
              unavailable={
                isReachable(state, next) ? false : `${stepTitles[next]}: complete this step first.`
              }
              onClick={() => dispatch({ kind: 'go', step: next })}
            >
              Continue
            </Button>
          )}
        </>
      }
    >
      <Verdict state={state} />
    </ActionStrip>
  );
}

/** The newest counts, also while the checks run again: an empty strip would flicker with every choice. */
function Verdict({ state }: { readonly state: WizardState }) {
  const { check } = state;
  const answer = latestAnswer(state);
  if (check.kind === 'failed') {
    return (
      <span className="bad" role="status">
        The checks could not run: {check.error.message}
      </span>
    );
  }
  if (answer === null) {
    return (
      <span className={styles.stripText} role="status">
        {check.kind === 'checking'
          ? 'Running the checks…'
          : 'The checks run as soon as the mapping is known.'}
      </span>
    );
  }
  const { passed, warnings, errors } = answer.compatibility;
  const forecast = answer.downtimeForecastMilliseconds;
  const budget = formatDuration(state.options.downtimeBudgetMilliseconds * 1000);
  return (
    <span className={styles.verdict} role="status">
      <Count icon={<Check size={14} aria-hidden />} count={passed} word="passed" tone="ok" />
      <Count
        icon={<TriangleAlert size={14} aria-hidden />}
        count={warnings}
        word={warnings === 1 ? 'warning' : 'warnings'}
        tone="warn"
      />
      <Count icon={<X size={14} aria-hidden />} count={errors} word="blocking" tone="bad" />
      {forecast === null ? null : (
        <span className={styles.stripText}>
          downtime forecast {formatDuration(forecast * 1000)} of {budget}
        </span>
      )}
      {check.kind === 'done' ? (
        <CheckedAgo at={check.at} />
      ) : (
        <span className={styles.stripText}>
          <LoaderCircle size={13} aria-hidden /> checking again…
        </span>
      )}
    </span>
  );
}

function Count({
  icon,
  count,
  word,
  tone,
}: {
  readonly icon: React.ReactNode;
  readonly count: number;
  readonly word: string;
  readonly tone: string;
}) {
  return (
    <span className={`${styles.stripCount} ${count === 0 ? 'mute' : tone}`}>
      {icon}
      {count} {word}
    </span>
  );
}

/** Counts in steps of five seconds: enough to see that it is fresh, without a number that never rests. */
function CheckedAgo({ at }: { readonly at: number }) {
  const [now, setNow] = useState(at);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new check starts the count anew
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, [at]);
  const seconds = Math.max(0, Math.floor((now - at) / 5000) * 5);
  return (
    <span className={styles.stripText} aria-hidden>
      {seconds < 5 ? 'checked just now' : `checked ${formatDuration(seconds * 1_000_000)} ago`}
    </span>
  );
}

/** All warnings at once, where the single ones are in sight; nothing where there is none. */
function AcknowledgeAll({ state }: { readonly state: WizardState }) {
  const ids = warningsOf(latestAnswer(state)).map((warning) => warning.id);
  if (ids.length === 0) return null;
  return (
    <Checkbox
      checked={ids.every((id) => state.acknowledged.includes(id))}
      onChange={(acknowledged) => dispatch({ kind: 'acknowledge', ids, acknowledged })}
    >
      {ids.length === 1 ? 'I have read the warning' : `I have read the ${ids.length} warnings`}
    </Checkbox>
  );
}

/** Starts the migration. What stands in its way is said beside it, the first reason in sight and all in the button. */
function MigrateButton({
  state,
  review,
  readOnly,
}: {
  readonly state: WizardState;
  readonly review: PlanReview;
  readonly readOnly: string | null;
}) {
  const [starting, setStarting] = useState(false);
  const request = requestOf(state);
  const blockers = readOnly === null ? migrateBlockers(state) : [readOnly];
  const isReady = review.proposal !== null && !review.loading;
  const waiting = starting ? 'Starting…' : isReady ? '' : 'The plan is not ready.';
  const reason = starting || blockers.length === 0 ? waiting : blockers.join(' ');
  return (
    <>
      {blockers.length > 0 ? <span className={styles.blockers}>{blockers[0]}</span> : null}
      <Button
        kind="primary"
        unavailable={reason}
        onClick={() => {
          if (request === null) return;
          setStarting(true);
          void startRun(review, request).then(() => setStarting(false));
        }}
      >
        {review.proposal?.changes == null ? 'Migrate' : 'Migrate with the new plan'}
      </Button>
    </>
  );
}
