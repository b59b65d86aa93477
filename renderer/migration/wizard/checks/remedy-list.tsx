import { countWords } from '#shared/count-words.ts';
import type { CheckRemedies, Remedy } from '#shared/procedure/remedies/remedy.ts';
import { stage } from '../../../procedures/intents.ts';
import { Button } from '../../../ui/controls/button.tsx';
import { dispatch } from '../dispatch.ts';
import styles from './checks.module.css';

/** What would make the check pass, each to be applied from here; and what is refused now, with the reason. */
export function RemedyList({ remedies: { remedies, refused } }: { readonly remedies: CheckRemedies }) {
  return (
    <ul className={styles.remedies} aria-label="What can be done">
      {remedies.map((remedy) => (
        <li key={remedy.words} className={styles.remedy}>
          <Button size="small" aria-label={`Fix: ${remedy.words}`} onClick={() => applyRemedy(remedy)}>
            {remedy.kind === 'change' ? 'Fix…' : 'Fix'}
          </Button>
          <span>
            {remedy.words}
            <span className="mute">{aboutRemedy(remedy)}</span>
          </span>
        </li>
      ))}
      {refused.map(({ words, reason }) => (
        <li key={words} className="mute">
          Not possible now: {words}. {reason}
        </li>
      ))}
    </ul>
  );
}

/** A change goes to its review; another request is taken at once, and the checks run again. */
function applyRemedy(remedy: Remedy): void {
  if (remedy.kind === 'change') stage(remedy.intent);
  else dispatch({ kind: 'take-remedy', devices: remedy.devices, options: remedy.options });
}

/** How large it is and what it interrupts. */
export function aboutRemedy(remedy: Remedy): string {
  if (remedy.kind === 'request') return ' · changes only this migration';
  const { steps, consequences, thenPropose } = remedy;
  return [
    ` · ${countWords(steps, 'step')}`,
    thenPropose ? ', then map the devices again' : '',
    consequences.length === 0 ? '' : `. ${consequences.join(' ')}`,
  ].join('');
}
