import type { ReactNode } from 'react';
import styles from './choice-list.module.css';
import { moveRadioFocus } from './radio-keys.ts';

/** A member of a `ChoiceList`. */
export interface ListChoice {
  readonly id: string;
  readonly title: ReactNode;
  readonly details: ReactNode;
  /** Why it cannot be chosen, one line each; it stays in the list. */
  readonly refusals: readonly string[];
  /** At the right end. */
  readonly aside?: ReactNode;
}

/** One choice of a list whose refused members stay visible with their reasons. Arrow keys move, Space chooses. */
export function ChoiceList({
  label,
  value,
  choices,
  onChoose,
  across = false,
}: {
  readonly label: string;
  readonly value: string | null;
  readonly choices: readonly ListChoice[];
  readonly onChoose: (id: string) => void;
  /** Side by side where there is room. */
  readonly across?: boolean;
}) {
  const focusable = choices.some((choice) => choice.id === value) ? value : choices[0]?.id;
  return (
    <div role="radiogroup" aria-label={label} className={across ? styles.across : styles.choices}>
      {choices.map((choice, index) => {
        const refused = choice.refusals.length > 0;
        return (
          // biome-ignore lint/a11y/useSemanticElements: a refused choice must stay reachable, a native radio input would not
          <button
            key={choice.id}
            type="button"
            role="radio"
            aria-checked={choice.id === value}
            aria-disabled={refused || undefined}
            tabIndex={choice.id === focusable ? 0 : -1}
            className={styles.choice}
            onClick={() => (refused ? undefined : onChoose(choice.id))}
            onKeyDown={(event) => moveRadioFocus(event, index)}
          >
            <span className={styles.mark} aria-hidden />
            <span className={styles.text}>
              <span className={styles.title}>{choice.title}</span>
              <span className={styles.details}>{choice.details}</span>
              {choice.refusals.map((reason) => (
                <span key={reason} className={styles.refusal}>
                  ✕ {reason}
                </span>
              ))}
            </span>
            <span className={styles.aside}>{choice.aside}</span>
          </button>
        );
      })}
    </div>
  );
}
