import type { Fleet } from '#shared/fleet/schema.ts';
import { forecastInForce } from '#shared/migration/pre-copy/round.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { formatDuration, formatMemory, formatRate } from '../../../ui/format.ts';
import styles from '../../migration.module.css';
import { useRunClock } from '../run-clock.ts';
import { DowntimeStat, OverallStat, StatCard } from '../stat-card.tsx';

type Copied = NonNullable<MigrationFacts['preCopy']>;

/** The contents of its namespaces, where they are copied, and how full the queues of their logs were. */
function UserDataStat({
  userData,
  sending,
}: {
  readonly userData: NonNullable<Copied['userData']>;
  /** What is sent while the guest stands still; undefined: it does not yet. */
  readonly sending: MigrationFacts['userDataSending'];
}) {
  const { queues } = userData;
  const leftBytes = sending === undefined ? userData.leftBytes : sending.ofBytes - sending.sentBytes;
  const sentBytes = userData.sentBytes + (sending?.sentBytes ?? 0);
  const fullest = Math.max(0, ...queues.map(({ mostWaiting, slots }) => mostWaiting / slots));
  const brokeOff = queues.reduce((sum, queue) => sum + queue.brokeOff, 0);
  const log =
    brokeOff > 0
      ? `log broke off ${brokeOff === 1 ? 'once' : `${brokeOff} times`}, copied again`
      : `queue at most ${Math.ceil(fullest * 100)} % full`;
  return (
    <StatCard
      label="User data left"
      value={formatMemory(leftBytes)}
      note={`${formatMemory(sentBytes)} sent · ${log}`}
      tone={brokeOff > 0 ? 'warn' : undefined}
    />
  );
}

/** The figures of a migration that copies while its guest goes on. */
export function PreCopyStats({
  run,
  facts,
  copied,
  hosts,
}: {
  readonly run: ProcedureRun;
  readonly facts: MigrationFacts;
  readonly copied: Copied;
  readonly hosts: Fleet['hosts'];
}) {
  const now = useRunClock(run);
  const { rounds, roundSentBytes, roundBytes } = copied;
  const last = rounds.at(-1);
  const left = last?.leftBytes ?? Math.max(0, facts.memoryBytes - roundSentBytes);
  const link = hosts[facts.sourceHostId]?.linkBytesPerSecond ?? 0;
  const limit = link > 0 ? `link limit ${formatRate(link)} · ` : '';
  const best = rounds.reduce<Copied['rounds'][number] | undefined>(
    (least, round) =>
      least === undefined || round.downtimeForecastMilliseconds < least.downtimeForecastMilliseconds
        ? round
        : least,
    undefined,
  );
  const copyStep = run.steps[run.plan.steps.findIndex(({ step }) => step.kind === 'vm-pre-copy')];
  const passed = copyStep?.startedAt == null ? 0 : now - copyStep.startedAt;
  // The first round has no measured rate yet.
  const rate = last?.bytesPerSecond ?? (passed < 500 ? 0 : (roundSentBytes / passed) * 1000);
  const ago =
    best === undefined || copyStep?.startedAt == null || copyStep.status !== 'running'
      ? null
      : Math.max(0, now - copyStep.startedAt - best.startedMilliseconds - best.milliseconds);
  return (
    <div className={styles.stats}>
      <OverallStat run={run} />
      <StatCard
        label="Left if it stopped now"
        value={formatMemory(left)}
        note={
          copyStep?.status === 'running'
            ? `round ${(last?.number ?? 0) + 1}: ${formatMemory(Math.min(roundSentBytes, roundBytes))} of ${formatMemory(roundBytes)}`
            : `of ${formatMemory(facts.memoryBytes)}`
        }
      />
      {copied.userData === undefined ? null : (
        <UserDataStat userData={copied.userData} sending={facts.userDataSending} />
      )}
      <StatCard
        label="Rate"
        value={rate > 0 ? formatRate(rate) : '–'}
        note={`${limit}${formatMemory(facts.memorySentBytes)} sent`}
      />
      <StatCard
        label="Dirty rate"
        value={last === undefined ? '–' : formatRate(last.dirtyBytesPerSecond)}
        note={
          last === undefined || last.throttlePercent === 0
            ? 'guest not throttled'
            : `guest throttled by ${last.throttlePercent} %`
        }
        tone={last !== undefined && last.throttlePercent > 0 ? 'warn' : undefined}
      />
      <DowntimeStat
        run={run}
        facts={facts}
        now={now}
        label={last === undefined ? 'Downtime forecast' : 'Downtime if you go now'}
        forecast={forecastInForce(facts)}
      />
      <StatCard
        label="Best moment seen"
        value={best === undefined ? '–' : formatDuration(best.downtimeForecastMilliseconds * 1000)}
        note={
          best === undefined
            ? 'after the first round'
            : `round ${best.number} of ${rounds.at(-1)?.number ?? 0}${ago === null ? '' : `, ${formatDuration(Math.floor(ago / 1000) * 1_000_000)} ago`}`
        }
      />
    </div>
  );
}
