import { countWords } from '#shared/count-words.ts';
import { virtualMachineIdOf } from '#shared/fleet/ids.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { forecastInForce } from '#shared/migration/pre-copy/round.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { copiedFigures } from '#shared/migration/user-data/copied-figures.ts';
import type { MigrationFacts, ProcedureRun, StepStatus } from '#shared/procedure/procedure.ts';
import { clockWords, runMilliseconds } from '#shared/procedure/run/run-time.ts';
import { runReport } from '#shared/report/run-report.ts';
import { Leftovers } from '../../history/leftovers.tsx';
import { RunActions } from '../../history/run-actions.tsx';
import { showRun } from '../../navigation.ts';
import { RunAudit } from '../../ownership/run-audit.tsx';
import { StepList } from '../../procedures/steps/step-list.tsx';
import { exportReport } from '../../reports/export-report.ts';
import { Card } from '../../ui/content/small.tsx';
import { ErrorNotice } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { formatDateTime, formatDuration, formatMemory } from '../../ui/format.ts';
import styles from '../migration.module.css';
import { showMigrations } from '../migration-view-store.ts';
import { RehearsedCard } from '../rehearsal/rehearsed-card.tsx';
import { openWizardFor } from '../wizard/open-wizard.ts';
import { DowntimeCard } from './downtime-card.tsx';
import { PreCopyChartCard } from './pre-copy/pre-copy-chart-card.tsx';
import { MovedCard, ProofCard } from './proof-card.tsx';
import { RunFrame } from './run-frame.tsx';
import { StatCard } from './stat-card.tsx';

interface ResultProps {
  readonly run: ProcedureRun;
  readonly facts: MigrationFacts;
  readonly fleet: Fleet;
}

/** How a migration ended: one sentence, the measured figures beside the forecast, the proof, and what is left. */
export function ResultView({ run, facts, fleet }: ResultProps) {
  const { hosts } = fleet;
  // The report's own words, so that screen and export never tell two stories.
  const { outcome } = runReport(run, fleet, { programVersion: '', at: 0 });
  const tone = { good: styles.good, warning: styles.neutral, bad: styles.poor }[outcome.tone];
  return (
    <RunFrame
      run={run}
      facts={facts}
      hosts={hosts}
      line={`${formatDateTime(run.startedAt)} · ${countWords(run.steps.length, 'step')} · fleet ${run.fleetName}`}
      strip={
        <>
          <Button onClick={showMigrations}>All migrations</Button>
          <Button kind="quiet" onClick={() => showRun(run.id, false)}>
            Show in history
          </Button>
        </>
      }
      actions={<ResultActions run={run} facts={facts} fleet={fleet} />}
    >
      <p className={`${styles.sentence} ${tone}`} role="status">
        {outcome.words.map((word) =>
          word.strong ? <strong key={word.text}>{word.text}</strong> : word.text,
        )}
      </p>
      {run.error === null || run.error.code === 'aborted' ? null : (
        <div className={styles.block}>
          <ErrorNotice title="What went wrong" error={run.error} />
        </div>
      )}
      <div className={styles.block}>
        <Leftovers run={run} />
      </div>
      <RunAudit run={run} className={styles.block} />
      <Figures run={run} facts={facts} />
      <DowntimeCards run={run} facts={facts} fleet={fleet} />
      <MovedCard facts={facts} hosts={hosts} label={run.status === 'done' ? 'What was moved' : 'Devices'} />
      <ProofCard facts={facts} hosts={hosts} />
      <Acknowledged facts={facts} />
      <RehearsedCard plan={run.plan} />
      <Card className={styles.block} label="Steps">
        <StepList plan={run.plan} runs={run.steps} />
      </Card>
    </RunFrame>
  );
}

function ResultActions({ run, facts, fleet }: ResultProps) {
  const { intent } = run.plan;
  return (
    <>
      <RunActions run={run} />
      {intent.kind !== 'migrate' ? null : (
        <NextMigration run={run} facts={facts} fleet={fleet} request={intent.request} />
      )}
      <Button onClick={() => void exportReport({ kind: 'run', runId: run.id }, 'json')}>Export JSON…</Button>
      <Button kind="primary" onClick={() => void exportReport({ kind: 'run', runId: run.id }, 'html')}>
        Export HTML…
      </Button>
    </>
  );
}

/** Where the downtime went, and beside it what it would have been after each round. */
function DowntimeCards({ run, facts, fleet }: ResultProps) {
  const measured =
    facts.downtimeMilliseconds === null ? null : <DowntimeCard run={run} facts={facts} hosts={fleet.hosts} />;
  const { preCopy: copied } = facts;
  if (copied === undefined || copied.rounds.length === 0) return measured;
  return (
    <div className={styles.two}>
      <PreCopyChartCard
        facts={facts}
        copied={copied}
        linkBytesPerSecond={copied.rounds[0]?.bytesPerSecond ?? 0}
      />
      {measured}
    </div>
  );
}

/** Moved: back again. Not moved: once more, as it was asked for. Both open the wizard, and nothing starts by itself. */
function NextMigration({ run, facts, fleet, request }: ResultProps & { readonly request: MigrationRequest }) {
  const { sourceHostId, destinationHostId, virtualMachineName: name } = facts;
  if (run.status === 'interrupted') return null;
  const moved = run.status === 'done';
  const from = moved ? destinationHostId : sourceHostId;
  const id = virtualMachineIdOf(from, name);
  const isThere = fleet.virtualMachines[id] !== undefined;
  const hostName = fleet.hosts[from]?.name ?? from;
  return (
    <Button
      unavailable={fleet.source.readOnly ?? (isThere ? false : `${name} is no longer on ${hostName}.`)}
      onClick={() =>
        moved
          ? openWizardFor({ ...request, virtualMachineId: id, destinationHostId: sourceHostId, devices: [] })
          : openWizardFor(request)
      }
    >
      {moved ? 'Move back…' : 'Try again…'}
    </Button>
  );
}

/** What was measured, each beside what it was measured against. */
function Figures({ run, facts }: Omit<ResultProps, 'fleet'>) {
  const stateBytes = facts.devices.reduce((sum, device) => sum + device.stateBytes, 0);
  const milliseconds = runMilliseconds(run);
  const userData = copiedFigures(facts);
  const { downtimeBudgetMilliseconds: budget, preCopy, stoodStillMilliseconds } = facts;
  const { standstillAtMostMilliseconds: atMost } = facts;
  const measured = facts.downtimeMilliseconds ?? stoodStillMilliseconds;
  const downtime = measured ?? atMost ?? null;
  return (
    <div className={styles.stats}>
      <StatCard
        label={stoodStillMilliseconds === undefined ? 'Downtime' : 'Stood still, then went back'}
        value={
          downtime === null
            ? '–'
            : `${measured === undefined ? 'at most ' : ''}${formatDuration(downtime * 1000)}`
        }
        note={`${atMost === undefined ? '' : 'Berth was killed meanwhile · '}forecast${preCopy === undefined ? '' : ' at the switch-over'} ${formatDuration(forecastInForce(facts) * 1000)}${preCopy === undefined ? '' : `, before the start ${formatDuration(facts.downtimeForecastMilliseconds * 1000)}`} · budget ${formatDuration(budget * 1000)}`}
        tone={downtime === null ? undefined : downtime > budget ? 'bad' : 'ok'}
      />
      <StatCard
        label={`Total time${clockWords(run)}`}
        value={milliseconds === null ? '–' : formatDuration(milliseconds * 1000)}
        note={stepsWords(run)}
      />
      <StatCard
        label="Memory sent"
        value={formatMemory(facts.memorySentBytes)}
        note={`memory ${formatMemory(facts.memoryBytes)}`}
      />
      {userData === null ? null : (
        <StatCard
          label="User data sent"
          value={formatMemory(userData.sentBytes)}
          note={`${countWords(userData.namespaces, 'namespace')} of ${formatMemory(userData.bytes)}, digests ${userData.isEqual ? 'equal' : 'differ'}`}
          tone={userData.isEqual ? undefined : 'bad'}
        />
      )}
      {preCopy === undefined ? null : (
        <StatCard
          label="Rounds"
          value={String(preCopy.rounds.at(-1)?.number ?? 0)}
          note={
            preCopy.reason === ''
              ? 'while the guest went on'
              : `${preCopy.state === 'switching-over' ? 'switched over' : 'ended'}: ${preCopy.reason}`
          }
        />
      )}
      <StatCard
        label="Device state"
        value={formatMemory(stateBytes)}
        note={countWords(facts.devices.length, 'controller')}
      />
      <StatCard label="Proof" value={proofFigure(facts)} note="before and after the resume" />
    </div>
  );
}

/** An aborted migration is told by what was undone. */
function stepsWords({ steps }: ProcedureRun): string {
  const count = (status: StepStatus) => steps.filter((step) => step.status === status).length;
  const undone = count('undone');
  return undone > 0 ? `${countWords(undone, 'step')} undone` : `${countWords(count('done'), 'step')} done`;
}

function proofFigure({ proof }: MigrationFacts): string {
  if (proof.length === 0) return '–';
  return `${proof.filter((line) => line.equal).length} of ${proof.length}`;
}

/** What was known and accepted before the start; the checks as they stood then. */
function Acknowledged({ facts }: { readonly facts: MigrationFacts }) {
  if (facts.acknowledged.length === 0) return null;
  return (
    <Card className={styles.block} label="Acknowledged warnings">
      <ul className={styles.plainList}>
        {facts.acknowledged.map((id) => {
          const check = facts.checks?.find((one) => one.id === id);
          return (
            <li key={id}>
              <strong>{check?.title ?? id}</strong> <span className="mute">{check?.evidence ?? ''}</span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
