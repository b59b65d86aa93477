import type { FileProblem } from '#shared/fleet-file/problems.ts';
import styles from '../fleet-editor.module.css';

/** What is wrong with a value, where it stands; nothing when it is right. */
export function Errors({ problems }: { readonly problems: readonly FileProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <div className={styles.error} role="alert">
      {problemWords(problems)}
    </div>
  );
}

/** What is wrong, and what to do about it. */
export function problemWords(problems: readonly FileProblem[]): string {
  return problems.map(({ message, fix }) => `${message}. ${fix}.`).join(' ');
}
