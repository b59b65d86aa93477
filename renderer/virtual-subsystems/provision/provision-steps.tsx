import { countWords } from '#shared/count-words.ts';
import type { Plan } from '#shared/procedure/procedure.ts';
import styles from '../dialog.module.css';

/** What the procedure would do, in order, each step with its command lines: before anything runs. */
export function ProvisionSteps({ plan }: { readonly plan: Plan }) {
  const title = `What happens, ${countWords(plan.steps.length, 'step')}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard
    <ol className={styles.provisionSteps} aria-label={title} tabIndex={0}>
      {plan.steps.map(({ words, commandLines }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps have their place and nothing else
        <li key={index}>
          {words}
          {commandLines.map((line) => (
            <code key={line} className="mute">
              {line}
            </code>
          ))}
        </li>
      ))}
    </ol>
  );
}
