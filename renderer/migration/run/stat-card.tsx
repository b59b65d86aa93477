import styles from '../migration.module.css';

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
