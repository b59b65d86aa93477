import type { ReactNode } from 'react';
import styles from '../controls/controls.module.css';

/** Colour of a word or a dot; the words say the same. */
export type Tone = 'neutral' | 'online' | 'warning' | 'error' | 'accent';

/** Undefined for neutral: it has no colour of its own, it inherits. */
function toneClass(tone: Tone): string | undefined {
  return tone === 'neutral' ? undefined : styles[tone];
}

/** A small framed word beside a title. */
export function Tag({ tone = 'neutral', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={`${styles.tag} ${toneClass(tone) ?? ''}`}>{children}</span>;
}

/** A rounded statement in the top bar; the dot never stands alone, the words say the same. */
export function Pill({
  dot,
  children,
  title,
}: {
  /** Left out: no dot at all. */
  readonly dot?: Tone;
  readonly children: ReactNode;
  readonly title?: string;
}) {
  return (
    <span className={styles.pill} title={title}>
      {dot === undefined ? null : <span className={`${styles.dot} ${toneClass(dot) ?? ''}`} />}
      {children}
    </span>
  );
}

/** A key or a combination of keys. */
export function Kbd({ children }: { readonly children: ReactNode }) {
  return <kbd className={styles.kbd}>{children}</kbd>;
}

/** The small upper-case line over a section; `aside` stands at its right end, as it is written: names and units are there. */
export function SectionLabel({
  children,
  aside,
  id,
}: {
  readonly children: ReactNode;
  readonly aside?: ReactNode;
  readonly id?: string;
}) {
  return (
    <div className={styles.label}>
      <span id={id}>{children}</span>
      {aside === undefined ? null : <span className={styles.labelAside}>{aside}</span>}
    </div>
  );
}

/** A name inside a label, whose other words stand in capitals. */
export function AsWritten({ children }: { readonly children: ReactNode }) {
  return <span className={styles.asWritten}>{children}</span>;
}

/** A framed panel with an optional section label as its head. */
export function Card({
  label,
  aside,
  children,
  className,
}: {
  readonly label?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}) {
  return (
    <section className={`${styles.card} ${className ?? ''}`}>
      {label === undefined ? null : (
        <div className={styles.cardHead}>
          <SectionLabel aside={aside}>{label}</SectionLabel>
        </div>
      )}
      {children}
    </section>
  );
}

/** A bar of real progress, 0-1; `label` is its accessible name. */
export function ProgressBar({
  value,
  label,
  tone = 'accent',
  className,
}: {
  readonly value: number;
  readonly label: string;
  readonly tone?: Tone;
  readonly className?: string | undefined;
}) {
  // One decimal: a long copy of memory must be seen to move.
  const percent = Math.round(Math.min(1, Math.max(0, value)) * 1000) / 10;
  const fill = { warning: styles.warningFill, online: styles.okFill, error: styles.errorFill }[
    tone as 'warning'
  ];
  return (
    <span
      role="progressbar"
      tabIndex={-1}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={`${styles.progress} ${className ?? ''}`}
    >
      <span className={styles.track}>
        <span className={`${styles.indicator} ${fill ?? ''}`} style={{ width: `${percent}%` }} />
      </span>
    </span>
  );
}
