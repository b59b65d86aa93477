import { countWords } from '#shared/count-words.ts';
import type { Problem } from '#shared/fleet/schema.ts';
import { SectionLabel } from '../ui/content/small.tsx';
import styles from './open.module.css';

/** What could not be read: file, field, why, and what to do. */
export function UnreadableParts({
  problems,
  title = 'Unreadable',
}: {
  readonly problems: readonly Problem[];
  readonly title?: string;
}) {
  if (problems.length === 0) return null;
  return (
    <>
      <SectionLabel aside={countWords(problems.length, 'part')}>{title}</SectionLabel>
      <ul className={styles.problems}>
        {problems.map((problem) => (
          <li key={`${problem.source}|${problem.field ?? ''}|${problem.message}`}>
            <code>
              {problem.source}
              {problem.field === undefined ? '' : ` · ${problem.field}`}
            </code>
            <div>{problem.message}</div>
            {problem.fix === undefined ? null : <div className="mute">{problem.fix}</div>}
          </li>
        ))}
      </ul>
    </>
  );
}
