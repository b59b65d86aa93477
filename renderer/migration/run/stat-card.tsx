import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { formatDuration } from '../../ui/format.ts';
import styles from '../migration.module.css';
import { standingSince } from './run-words.ts';

/** One figure with its name above and what it is measured against below. */
export function StatCard({
  label,
  value,
  note,
  tone,
}: {
  readonly label: string;
  readonly value: string;
  /** Forecast, limit or budget that the value is to be read against. */
  readonly note: string;
  readonly tone?: 'ok' | 'warn' | 'bad' | undefined;
}) {
  return (
    <div className={styles.stat}>
      <div className={styles.statLabel}>{label}</div>
      <div className={`${styles.statValue} ${tone ?? ''}`}>{value}</div>
      <div className={styles.statNote}>{note}</div>
    </div>
  );
}

/** How far a migration is; one that waits for a person says so. */
export function OverallStat({ run }: { readonly run: ProcedureRun }) {
  const state = run.migration?.preCopy?.state;
  const isCopying = run.plan.steps.some(
    ({ step }, index) => step.kind === 'vm-pre-copy' && run.steps[index]?.status === 'running',
  );
  const waits = isCopying && (state === 'holding' || state === 'not-converging');
  return (
    <StatCard
      label="Overall"
      value={`${Math.floor(run.progress * 100)} %`}
      note={
        waits
          ? state === 'holding'
            ? 'held, it waits for you'
            : 'it waits for your decision'
          : 'of the work'
      }
      tone={waits ? 'warn' : undefined}
    />
  );
}

/** The downtime: its forecast while the guest runs, what has passed while it stands still, and in the end what was measured. */
export function DowntimeStat({
  run,
  facts,
  now,
  label,
  forecast,
}: {
  readonly run: ProcedureRun;
  readonly facts: MigrationFacts;
  /** On the clock of the run, milliseconds. */
  readonly now: number;
  readonly label: string;
  /** The one in force, milliseconds. */
  readonly forecast: number;
}) {
  const { downtimeMilliseconds: measured, downtimeBudgetMilliseconds: budget } = facts;
  const since = standingSince(run, facts);
  const words = (milliseconds: number) => formatDuration(milliseconds * 1000);
  if (measured === null && since !== null) {
    const stands = Math.max(0, now - since);
    const exceeded = stands > forecast ? ', exceeded' : '';
    return (
      <StatCard
        label="Standing still"
        value={words(stands)}
        note={`forecast ${words(forecast)}${exceeded} · budget ${words(budget)}`}
        tone={stands > forecast || stands > budget ? 'warn' : undefined}
      />
    );
  }
  const value = measured ?? forecast;
  return (
    <StatCard
      label={measured === null ? label : 'Downtime, measured'}
      value={words(value)}
      note={
        measured === null
          ? `budget ${words(budget)}${value > budget ? ', exceeded' : ''}`
          : `forecast ${words(forecast)} · budget ${words(budget)}`
      }
      tone={value > budget ? 'warn' : undefined}
    />
  );
}
