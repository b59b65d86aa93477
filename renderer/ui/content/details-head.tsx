import type { ReactNode } from 'react';
import styles from './details-head.module.css';

/** The head of what was chosen in a list: its title with tags, lines below it, and what can be done with it. */
export function DetailsHead({
  title,
  tags,
  actions,
  children,
}: {
  readonly title: string;
  readonly tags?: ReactNode;
  readonly actions?: ReactNode;
  /** Lines below the title. */
  readonly children?: ReactNode;
}) {
  return (
    <header className={styles.head}>
      <div className={styles.text}>
        <div className={styles.title}>
          <h2>{title}</h2>
          {tags}
        </div>
        {children}
      </div>
      {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
    </header>
  );
}
