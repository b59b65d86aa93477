import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { CommandBox } from '../ui/content/command-box.tsx';
import { Card } from '../ui/content/small.tsx';
import styles from './history.module.css';

/** What a failed procedure left behind, each with the commands that clean it up. */
export function Leftovers({ run }: { readonly run: ProcedureRun }) {
  if (run.leftovers.length === 0) return null;
  return (
    <Card label="Left over, and how to clean it up">
      <ul className={styles.leftovers}>
        {run.leftovers.map(({ what, commandLines }) => (
          <li key={what}>
            <div>{what}</div>
            <CommandBox className={styles.commands} lines={commandLines} what="clean-up commands" />
          </li>
        ))}
      </ul>
    </Card>
  );
}
