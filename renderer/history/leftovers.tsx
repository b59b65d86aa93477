import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { Card } from '../ui/content/small.tsx';
import { CopyButton } from '../ui/controls/copy-button.tsx';
import styles from './history.module.css';

/** What a failed procedure left behind, each with the commands that clean it up. */
export function Leftovers({ run }: { readonly run: ProcedureRun }) {
  if (run.leftovers.length === 0) return null;
  return (
    <Card label="What is left, and how to clean it up">
      <ul className={styles.leftovers}>
        {run.leftovers.map(({ what, commandLines }) => (
          <li key={what}>
            <div>{what}</div>
            {commandLines.length === 0 ? null : (
              <div className={styles.commandBox}>
                <pre className={styles.commandLines}>{commandLines.join('\n')}</pre>
                <CopyButton text={commandLines.join('\n')} what="clean-up commands" />
              </div>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
