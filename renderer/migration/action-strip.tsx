import type { ReactNode } from 'react';
import { keepClear } from '../ui/overlays/keep-clear.ts';
import styles from './action-strip.module.css';

/** The strip at the bottom of the wizard and of one migration: what is to say at the left, what can be done at the right. */
export function ActionStrip({
  label,
  className,
  children,
  actions,
}: {
  /** Accessible name, where the strip is a region of its own. */
  readonly label?: string;
  readonly className?: string | undefined;
  readonly children?: ReactNode;
  readonly actions: ReactNode;
}) {
  const Element = label === undefined ? 'div' : 'section';
  return (
    <Element ref={keepClear} className={`${styles.strip} ${className ?? ''}`} aria-label={label}>
      {children}
      <span className={styles.actions}>{actions}</span>
    </Element>
  );
}
