import { type ReactNode, useMemo } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle, hostTitle } from '#shared/fleet/selectors.ts';
import { preCopyOf } from '#shared/migration/pre-copy/obstacles.ts';
import { policyTitles } from '#shared/migration/pre-copy/policies.ts';
import { withDestinations } from '#shared/migration/provisioned-destinations.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { lookUpMigration } from '#shared/migration/subject.ts';
import { ConsequencesBanner } from '../../../procedures/consequences-banner.tsx';
import { IrreversibleBanner } from '../../../procedures/danger/danger-section.tsx';
import { irreversibleLines } from '../../../procedures/danger/plan-danger.ts';
import { PlanChangesNotice } from '../../../procedures/plan-changes.tsx';
import { StepList } from '../../../procedures/steps/step-list.tsx';
import type { PlanReview } from '../../../procedures/use-plan-review.ts';
import { equivalentScript } from '../../../trace/equivalent-script.ts';
import { Card } from '../../../ui/content/small.tsx';
import { ErrorNotice, LoadingState } from '../../../ui/content/states.tsx';
import { Button } from '../../../ui/controls/button.tsx';
import { CopyButton } from '../../../ui/controls/copy-button.tsx';
import { formatDuration } from '../../../ui/format.ts';
import { RehearsalCard } from '../../rehearsal/rehearsal-card.tsx';
import { dispatch } from '../dispatch.ts';
import { stepTitles } from '../step-texts.ts';
import styles from '../wizard.module.css';
import { latestAnswer, requestOf, type WizardState, type WizardStep, warningsOf } from '../wizard-state.ts';
import { ForecastCards } from './forecast-card.tsx';
import { notConvergingWords } from './pre-copy-knobs.tsx';
import { StepPage } from './step-page.tsx';

/** Step 6: every choice with a way back to it, and the plan as steps and commands. */
export function ReviewStep({
  state,
  fleet,
  review,
}: {
  readonly state: WizardState;
  readonly fleet: Fleet;
  readonly review: PlanReview;
}) {
  const request = useMemo(() => requestOf(state), [state]);
  if (request === null) return null;
  const machine = fleet.virtualMachines[request.virtualMachineId];
  const name = machine?.name ?? request.virtualMachineId;
  return (
    <StepPage
      title={`Move ${name} to ${hostTitle(fleet, request.destinationHostId)}`}
      text="Nothing has been changed yet. Each step is read back from the devices after it runs."
    >
      <Card label="Choices" className={styles.group}>
        <ul className={styles.review}>
          <Choice step="source">
            {name} on {machine === undefined ? 'an unknown host' : hostTitle(fleet, machine.hostId)}
          </Choice>
          <Choice step="destination">{hostTitle(fleet, request.destinationHostId)}</Choice>
          <Choice step="mapping">
            {request.devices.map((device) => (
              <div key={device.sourceId}>{mappingWords(fleet, device)}</div>
            ))}
          </Choice>
          <Choice step="checks">{checkWords(state)}</Choice>
          <Choice step="options">{optionWords(fleet, request)}</Choice>
        </ul>
      </Card>
      <div className={styles.forecasts}>
        <ForecastCards fleet={fleet} request={request} />
      </div>
      {review.proposal === null || review.error !== null ? null : (
        <RehearsalCard className={styles.group} proposal={review.proposal} request={request} />
      )}
      <PlanCard review={review} />
    </StepPage>
  );
}

function Choice({ step, children }: { readonly step: WizardStep; readonly children: ReactNode }) {
  return (
    <li className={styles.reviewRow}>
      <span className="mute">{stepTitles[step]}</span>
      <div>{children}</div>
      <Button
        kind="link"
        aria-label={`Edit ${stepTitles[step]}`}
        onClick={() => dispatch({ kind: 'go', step })}
      >
        Edit
      </Button>
    </li>
  );
}

function PlanCard({ review }: { readonly review: PlanReview }) {
  const { proposal: plan, error, reload } = review;
  if (error !== null) return <ErrorNotice error={error} title="The plan was refused" onRetry={reload} />;
  if (plan === null) return <LoadingState>Planning the steps…</LoadingState>;
  return (
    <>
      <PlanChangesNotice changes={plan.changes} />
      <div className={styles.group}>
        <ConsequencesBanner lines={plan.consequences} />
      </div>
      <div className={styles.group}>
        <IrreversibleBanner lines={irreversibleLines(plan)} />
      </div>
      <Card
        className={styles.group}
        label={`Plan · ${countWords(plan.steps.length, 'step')}`}
        aside={<CopyButton text={equivalentScript(plan)} what="plan as a script" />}
      >
        <StepList plan={plan} runs={null} changes={plan.changes} />
      </Card>
    </>
  );
}

/** Source, destination and namespaces of one device; a function that does not exist yet has its name already. */
function mappingWords(now: Fleet, device: MigrationRequest['devices'][number]): string {
  const fleet = withDestinations(now, [device]);
  const title = (id: string) => {
    const controller = fleet.controllers[id];
    return controller === undefined ? id : controllerFullTitle(fleet, controller);
  };
  const namespaces = device.namespaces
    .map((pair) => `n${pair.source} → n${pair.destination}${pair.copy ? ', copied' : ''}`)
    .join(', ');
  return `${title(device.sourceId)} → ${title(device.destinationId)}${namespaces === '' ? '' : ` · ${namespaces}`}`;
}

function checkWords(state: WizardState): string {
  const answer = latestAnswer(state);
  if (answer === null) return 'not checked yet';
  const { passed, errors } = answer.compatibility;
  const warnings = warningsOf(answer);
  const acknowledged = warnings.filter((warning) => state.acknowledged.includes(warning.id)).length;
  return [
    `${passed} passed`,
    warnings.length === 0 ? '' : `${countWords(warnings.length, 'warning')}, ${acknowledged} acknowledged`,
    errors === 0 ? '' : `${errors} blocking`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Every option, also those that were left as they were. */
function optionWords(fleet: Fleet, request: MigrationRequest): string {
  const { options } = request;
  const preCopy = preCopyOf(lookUpMigration(fleet, request));
  return [
    preCopy === null
      ? 'the guest is stopped first (stop-and-copy)'
      : `policy ${policyTitles[preCopy.policy]}, throttle up to ${preCopy.largestThrottlePercent} %, at most ${countWords(preCopy.mostRounds, 'round')}`,
    preCopy?.holdBeforeSwitchOver === true ? 'hold before the switch-over' : '',
    preCopy === null
      ? ''
      : `when it does not converge: ${notConvergingWords[preCopy.whenNotConverging].toLowerCase()}`,
    `downtime budget ${formatDuration(options.downtimeBudgetMilliseconds * 1000)}`,
    options.releaseSource ? 'release the source controllers' : 'keep the source controllers',
    options.detachSourceNamespaces ? 'detach their namespaces' : 'leave their namespaces attached',
  ]
    .filter(Boolean)
    .join(' · ');
}
