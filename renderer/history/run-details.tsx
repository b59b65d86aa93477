import type { Agreed } from '#shared/procedure/agreement.ts';
import type { Plan, ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Recovery } from '#shared/procedure/recovery/recovery.ts';
import { clockWords, runMilliseconds } from '#shared/procedure/run/run-time.ts';
import { machineParts } from '#shared/procedure/steps/titles.ts';
import { showRun, useNavigation } from '../navigation.ts';
import { RunAudit } from '../ownership/run-audit.tsx';
import { ConsequencesBanner } from '../procedures/consequences-banner.tsx';
import { LeftBanner } from '../procedures/left-banner.tsx';
import { StepList } from '../procedures/steps/step-list.tsx';
import { DetailsHead } from '../ui/content/details-head.tsx';
import { Card, Tag } from '../ui/content/small.tsx';
import { Banner, ErrorNotice } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { formatDateTime, formatDuration } from '../ui/format.ts';
import styles from './history.module.css';
import { InjectedBanner } from './injected-banner.tsx';
import { Leftovers } from './leftovers.tsx';
import { RunActions } from './run-actions.tsx';
import { RunStatusTag } from './run-status-tag.tsx';

/** Heading of the error of a run: what ended as somebody wanted, or as it began, has not failed. */
function whyTitle({ status }: ProcedureRun): string {
  if (status === 'rolled-back') return 'Why it was rolled back';
  return status === 'aborting' ? 'Why it is rolled back' : 'Why it failed';
}

/** One procedure in full. `onShow` opens another run, for example the one that undid this one. */
export function RunDetails({
  run,
  onShow,
}: {
  readonly run: ProcedureRun;
  readonly onShow: (runId: string) => void;
}) {
  const { undoes, undoneBy } = run;
  return (
    <article className={styles.details} aria-label={run.plan.title}>
      <DetailsHead
        title={run.plan.title}
        tags={
          <>
            <RunStatusTag status={run.status} />
            {run.simulated ? <Tag tone="warning">Simulated</Tag> : null}
          </>
        }
        actions={
          <>
            {run.migration === null ? null : (
              <Button onClick={() => showRun(run.id, true)}>Show migration</Button>
            )}
            {run.endedAt === null ? null : (
              <Button onClick={() => useNavigation.setState({ screen: 'reports', runId: run.id })}>
                Report
              </Button>
            )}
            <RunActions run={run} />
          </>
        }
      />
      <p className="mute">{timeWords(run)}</p>
      {undoes === null ? null : (
        <p>
          It undid an earlier procedure.{' '}
          <LinkButton onClick={() => onShow(undoes)}>Show the earlier one</LinkButton>
        </p>
      )}
      {undoneBy === null ? null : (
        <p>
          It was undone. <LinkButton onClick={() => onShow(undoneBy)}>Show the undo</LinkButton>
        </p>
      )}
      {run.status === 'interrupted' ? (
        <Banner
          tone="warning"
          title="Berth closed while this was running"
          lines={[
            'Resume continues with the next step; Roll back undoes the completed steps. Either is shown before it runs.',
          ]}
        />
      ) : null}
      {run.error === null ? null : <ErrorNotice title={whyTitle(run)} error={run.error} />}
      <Leftovers run={run} />
      <RunAudit run={run} />
      <InjectedBanner run={run} />
      <LeftBanner lines={run.plan.left ?? []} />
      <ConsequencesBanner lines={run.plan.consequences} />
      <AgreedBanner when="it started" warnings={run.plan.warnings} agreed={run.agreed} />
      {run.recoveries?.map(({ how, at, warnings, agreed }) => (
        <AgreedBanner
          key={at}
          when={`${recoveryWords[how]}, ${formatDateTime(at)}`}
          {...{ warnings, agreed }}
        />
      ))}
      <Card label="Steps" aside={stepCount(run)}>
        <StepList plan={run.plan} runs={run.steps} />
      </Card>
    </article>
  );
}

function LinkButton({ onClick, children }: { readonly onClick: () => void; readonly children: string }) {
  return (
    <Button kind="link" onClick={onClick}>
      {children}
    </Button>
  );
}

const recoveryWords: Readonly<Record<Recovery, string>> = {
  resume: 'it was resumed',
  'roll-back': 'it was rolled back',
  dismiss: 'it was left as it is',
};

/** What a person knew and agreed to; nothing where nothing had to be. */
function AgreedBanner({
  when,
  warnings,
  agreed,
}: {
  readonly when: string;
  readonly warnings: Plan['warnings'];
  readonly agreed: Agreed | undefined;
}) {
  return agreed === undefined ? null : (
    <Banner title={`Agreed to when ${when}`} lines={agreedLines({ warnings }, agreed)} />
  );
}

function agreedLines({ warnings = [] }: Pick<Plan, 'warnings'>, agreed: Agreed): string[] {
  return [
    ...new Set(agreed.guests.map((id) => `${machineParts(id).name} loses a drive or data.`)),
    ...warnings.flatMap(({ id, words }) => (agreed.warnings.includes(id) ? words : [])),
  ];
}

/** Start, duration on the clock that the run lived by, and the fleet that it was about. */
function timeWords(run: ProcedureRun): string {
  const milliseconds = runMilliseconds(run);
  const took =
    milliseconds === null ? 'not finished' : `took ${formatDuration(milliseconds * 1000)}${clockWords(run)}`;
  return `${formatDateTime(run.startedAt)} · ${took} · on ${run.fleetName}`;
}

function stepCount(run: ProcedureRun): string {
  const done = run.steps.filter((step) => step.status === 'done').length;
  return `${done} of ${run.steps.length} done`;
}
