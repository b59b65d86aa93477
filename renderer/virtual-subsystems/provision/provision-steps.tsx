import { countWords } from '#shared/count-words.ts';
import type { Plan } from '#shared/procedure/procedure.ts';
import { ScrollRegion } from '../../ui/content/scroll-region.tsx';
import styles from '../dialog.module.css';

/** What the procedure would do, in order, each step with its command lines: before anything runs. */
export function ProvisionSteps({ plan }: { readonly plan: Plan }) {
  const title = `What happens, ${countWords(plan.steps.length, 'step')}`;
  return (
    <ScrollRegion as="ol" className={styles.provisionSteps} label={title}>
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
    </ScrollRegion>
  );
}
