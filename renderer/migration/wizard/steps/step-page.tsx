import type { ReactNode } from 'react';
import styles from '../wizard.module.css';

/** Title, one sentence, and the content of a wizard step. */
export function StepPage({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <>
      <h1 className={styles.title}>{title}</h1>
      <p className={styles.text}>{text}</p>
      {children}
    </>
  );
}
