import { useEffect, useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { simulatedTimeWords } from '#shared/simulation/clock-words.ts';
import { useClock, waitsForPausedClock } from '../../fleet-mirror/clock-store.ts';
import { abortRun } from '../../procedures/abort-run.ts';
import { useSimulatedTime } from '../../simulation/use-simulated-time.ts';
import { ProgressBar } from '../../ui/content/small.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { formatDuration, formatMemory, formatRate, formatTime } from '../../ui/format.ts';
import styles from '../migration.module.css';
import { showMigrations } from '../migration-view-store.ts';
import { DevicesCard } from './devices-card.tsx';
import { MemoryCard } from './memory-card.tsx';
import { PhasesBar } from './phases-bar.tsx';
import { RunCommands } from './run-commands.tsx';
import { RunFrame } from './run-frame.tsx';
import { currentStepIndex } from './run-phases.ts';
import { abortLabel, guestSentence, hostNames } from './run-words.ts';
import { StatCard } from './stat-card.tsx';

/** A migration while it runs. Everything here is pushed by the main process; nothing is guessed. */
export function RunView({
  run,
  facts,
  hosts,
}: {
  readonly run: ProcedureRun;
  readonly facts: MigrationFacts;
  readonly hosts: Fleet['hosts'];
}) {
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
      strip={<span className="mute">The migration keeps running when this view is closed.</span>}
      actions={<LiveActions run={run} facts={facts} hosts={hosts} />}
    >
      <PhasesBar run={run} />
      <Stats run={run} facts={facts} hosts={hosts} />
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
      <div className={styles.two}>
        <MemoryCard facts={facts} />
        <DevicesCard facts={facts} hosts={hosts} />
      </div>
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
  const left = facts.memoryLeft.at(-1)?.bytes ?? facts.memoryBytes;
  const link = hosts[facts.sourceHostId]?.linkBytesPerSecond ?? 0;
  const forecast = facts.downtimeForecastMilliseconds;
  const over = forecast > facts.downtimeBudgetMilliseconds;
  // Seconds of copying at the present rate; null while nothing moves or nothing is left.
  const remaining = facts.bytesPerSecond > 0 && left > 0 ? left / facts.bytesPerSecond : null;
  return (
    <div className={styles.stats}>
      <StatCard label="Overall" value={`${Math.floor(run.progress * 100)} %`} note="of all steps" />
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
      <StatCard
        label={facts.downtimeMilliseconds === null ? 'Downtime forecast' : 'Downtime, measured'}
        value={formatDuration((facts.downtimeMilliseconds ?? forecast) * 1000)}
        note={`budget ${formatDuration(facts.downtimeBudgetMilliseconds * 1000)}${over ? ', exceeded' : ''}`}
        tone={over ? 'warn' : undefined}
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

/** Milliseconds since the start, simulated or not; four times a second is as often as a person can read it. */
function useElapsed(run: ProcedureRun): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const simulated = useSimulatedTime();
  const { simulatedTime } = run;
  if (simulatedTime !== undefined)
    return Math.max(0, (simulatedTime.endedAt ?? simulated ?? 0) - simulatedTime.startedAt);
  return Math.max(0, (run.endedAt ?? now) - run.startedAt);
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
    </>
  );
}
