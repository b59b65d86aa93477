import { useMemo, useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { throughput } from '#shared/migration/link-model.ts';
import { forecastInForce } from '#shared/migration/pre-copy/round.ts';
import { commandTimeOfRound } from '#shared/migration/pre-copy/terms-of-round.ts';
import { stunTable } from '#shared/migration/stun-table.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { simulatedTimeWords } from '#shared/simulation/clock-words.ts';
import { useClock, waitsForPausedClock } from '../../fleet-mirror/clock-store.ts';
import { abortRun } from '../../procedures/abort-run.ts';
import { ProgressBar } from '../../ui/content/small.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { formatDuration, formatMemory, formatRate, formatTime } from '../../ui/format.ts';
import styles from '../migration.module.css';
import { showMigrations } from '../migration-view-store.ts';
import { StunTableCard } from '../stun-table-card.tsx';
import { DevicesCard } from './devices-card.tsx';
import { MemoryCard } from './memory-card.tsx';
import { PhasesBar } from './phases-bar.tsx';
import { DecideButtons, standingWords } from './pre-copy/decide-buttons.tsx';
import { PreCopyChartCard } from './pre-copy/pre-copy-chart-card.tsx';
import { PreCopyStats } from './pre-copy/pre-copy-stats.tsx';
import { linkBetween, preCopyStep, TermsCard } from './pre-copy/terms-card.tsx';
import { useElapsed, useRunClock } from './run-clock.ts';
import { RunCommands } from './run-commands.tsx';
import { RunFrame } from './run-frame.tsx';
import { currentStepIndex } from './run-phases.ts';
import { abortLabel, guestSentence, hostNames } from './run-words.ts';
import { DowntimeStat, OverallStat, StatCard } from './stat-card.tsx';

/** A migration while it runs. Everything here is pushed by the main process; nothing is guessed. */
export function RunView({
  run,
  facts,
  fleet,
}: {
  readonly run: ProcedureRun;
  readonly facts: MigrationFacts;
  readonly fleet: Fleet;
}) {
  const { hosts } = fleet;
  const copied = shownCopying(run, facts);
  const isPaused = useClock(waitsForPausedClock) && isActive(run);
  return (
    <RunFrame
      run={run}
      facts={facts}
      hosts={hosts}
      line={
        <>
          Started {formatTime(run.startedAt).slice(0, 8)}
          {run.simulatedTime === undefined
            ? ''
            : `, simulated time ${simulatedTimeWords(run.simulatedTime.startedAt)}`}{' '}
          · {guestSentence(run, facts, hosts)}
        </>
      }
      strip={<StripWords run={run} facts={facts} />}
      actions={<LiveActions run={run} facts={facts} hosts={hosts} />}
    >
      <PhasesBar run={run} />
      {copied === undefined ? (
        <Stats run={run} facts={facts} hosts={hosts} />
      ) : (
        <PreCopyStats run={run} facts={facts} copied={copied} hosts={hosts} />
      )}
      <ProgressBar
        value={run.progress}
        label="Overall progress of the migration"
        tone="warning"
        className={styles.overall}
      />
      <p className={styles.now} role="status">
        {isPaused ? <b className="warn">Paused: simulated clock. </b> : null}
        {nowWords(run)}
      </p>
      {copied === undefined ? (
        <div className={styles.two}>
          <MemoryCard facts={facts} />
          <DevicesCard facts={facts} hosts={hosts} />
        </div>
      ) : (
        <PreCopyCards run={run} facts={facts} fleet={fleet} copied={copied} />
      )}
      <RunCommands run={run} facts={facts} />
    </RunFrame>
  );
}

function Stats({
  run,
  facts,
  hosts,
}: {
  readonly run: ProcedureRun;
  readonly facts: MigrationFacts;
  readonly hosts: Fleet['hosts'];
}) {
  const elapsed = useElapsed(run);
  const now = useRunClock(run);
  const left = facts.memoryLeft.at(-1)?.bytes ?? facts.memoryBytes;
  const sending = facts.userDataSending;
  const link = hosts[facts.sourceHostId]?.linkBytesPerSecond ?? 0;
  // Seconds of copying at the present rate; null while nothing moves or nothing is left.
  const remaining = facts.bytesPerSecond > 0 && left > 0 ? left / facts.bytesPerSecond : null;
  return (
    <div className={styles.stats}>
      <OverallStat run={run} />
      <StatCard
        label="Rate"
        value={facts.bytesPerSecond > 0 ? formatRate(facts.bytesPerSecond) : '–'}
        note={link > 0 ? `link limit ${formatRate(link)}` : 'link speed unknown'}
      />
      <StatCard
        label="Memory left"
        value={formatMemory(left)}
        note={`${formatMemory(facts.memorySentBytes)} sent of ${formatMemory(facts.memoryBytes)}`}
      />
      {sending === undefined ? null : (
        <StatCard
          label="User data left"
          value={formatMemory(Math.max(0, sending.ofBytes - sending.sentBytes))}
          note={`${formatMemory(sending.sentBytes)} sent of ${formatMemory(sending.ofBytes)}`}
        />
      )}
      <DowntimeStat
        run={run}
        facts={facts}
        now={now}
        label="Downtime forecast"
        forecast={forecastInForce(facts)}
      />
      <StatCard
        label="Time"
        value={formatDuration(elapsed * 1000)}
        note={
          remaining === null
            ? `since the start${run.simulatedTime === undefined ? '' : ', simulated'}`
            : `about ${formatDuration(remaining * 1_000_000)} of copying left`
        }
      />
    </div>
  );
}

/** The copying while the guest goes on: the chart, the terms, and what they would be over other links. */
function PreCopyCards({
  run,
  facts,
  fleet,
  copied,
}: {
  readonly run: ProcedureRun;
  readonly facts: MigrationFacts;
  readonly fleet: Fleet;
  readonly copied: NonNullable<MigrationFacts['preCopy']>;
}) {
  const { hosts } = fleet;
  const step = preCopyStep(run);
  const request = run.plan.intent.kind === 'migrate' ? run.plan.intent.request : null;
  const rounds = copied.rounds.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once a round is often enough, and the fleet changes all the time
  const columns = useMemo(() => {
    const round = copied.rounds.at(-1);
    if (request === null) return [];
    if (round === undefined || step === undefined) return stunTable(fleet, request);
    const { dirtyBytesPerSecond } = round;
    const commandMilliseconds = commandTimeOfRound(round, {
      queues: step.queues,
      link: linkBetween(facts, hosts),
    });
    return stunTable(fleet, request, { dirtyBytesPerSecond, commandMilliseconds });
  }, [rounds, request]);
  return (
    <>
      <div className={styles.two}>
        <PreCopyChartCard
          facts={facts}
          copied={copied}
          linkBytesPerSecond={throughput(linkBetween(facts, hosts))}
        />
        {step === undefined ? null : <TermsCard step={step} facts={facts} hosts={hosts} />}
      </div>
      <div className={styles.half}>
        <DevicesCard facts={facts} hosts={hosts} />
        <StunTableCard
          columns={columns}
          basis={rounds === 0 ? 'forecast before the start' : 'as measured in the last round'}
        />
      </div>
    </>
  );
}

/** How the copying stands; before it begins, as nothing copied yet. Undefined: the guest is stopped first. */
function shownCopying(run: ProcedureRun, facts: MigrationFacts): MigrationFacts['preCopy'] {
  if (facts.preCopy !== undefined || preCopyStep(run) === undefined) return facts.preCopy;
  return {
    ...{ state: 'copying', rounds: [], roundSentBytes: 0, roundBytes: facts.memoryBytes },
    ...{ totalSentBytes: 0, reason: '' },
  };
}

function StripWords({ run, facts }: { readonly run: ProcedureRun; readonly facts: MigrationFacts }) {
  const index = run.plan.steps.findIndex(({ step }) => step.kind === 'vm-pre-copy');
  const words = standingWords(facts, run.status === 'running' && run.steps[index]?.status === 'running');
  return (
    <span className={styles.stripWords}>
      <span className="warn" role="status">
        {words}
      </span>{' '}
      <span className="mute">The migration keeps running when this view is closed.</span>
    </span>
  );
}

/** The step that runs, or the next one; after the last there is still the run itself to be ended. */
function nowWords(run: ProcedureRun): string {
  if (run.status === 'aborting') return 'Undoing the completed steps…';
  const index = currentStepIndex(run);
  const step = run.plan.steps[index];
  return step === undefined ? 'Finishing…' : `Step ${index + 1} of ${run.plan.steps.length}: ${step.words}`;
}

function LiveActions({
  run,
  facts,
  hosts,
}: {
  readonly run: ProcedureRun;
  readonly facts: MigrationFacts;
  readonly hosts: Fleet['hosts'];
}) {
  // Until the run says that it is aborting, which takes as long as the step under way.
  const [asked, setAsked] = useState(false);
  const { source, destination } = hostNames(facts, hosts);
  const abort = async () => {
    setAsked(true);
    if (!(await abortRun(run.id))) setAsked(false);
  };
  const canAbort = run.abortable && run.status === 'running';
  return (
    <>
      {canAbort ? null : (
        <span className={run.status === 'aborting' ? 'mute' : 'warn'}>
          {run.status === 'aborting'
            ? `Rolling back: every completed step is undone, and the guest stays on ${source}.`
            : `Past the point of no return: the migration can only finish, on ${destination}.`}
        </span>
      )}
      <Button onClick={showMigrations}>Close</Button>
      {canAbort ? (
        <Button
          kind="danger"
          unavailable={asked ? 'Abort was requested' : false}
          title={`Undoes every completed step, in reverse order. The guest keeps running on ${source}.`}
          onClick={() => void abort()}
        >
          {abortLabel(facts, hosts)}
        </Button>
      ) : null}
      <DecideButtons run={run} facts={facts} />
    </>
  );
}
