import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import styles from './choice-list.module.css';
import { moveRadioFocus } from './radio-keys.ts';

/** A member of a `ChoiceList`. */
export interface ListChoice {
  readonly id: string;
  readonly title: ReactNode;
  readonly details: ReactNode;
  /** Why it cannot be chosen, one line each, the cause of others before them: these fold. It stays in the list. */
  readonly refusals: readonly string[];
  /** At the right end. */
  readonly aside?: ReactNode;
  /** Under a refused one: what would make it possible. It unfolds by a button with this name. */
  readonly help?: { readonly label: string; readonly content: () => ReactNode } | undefined;
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
      {choices.map((choice, index) => (
        <Choice
          key={choice.id}
          choice={choice}
          isChosen={choice.id === value}
          isFocusable={choice.id === focusable}
          onChoose={() => onChoose(choice.id)}
          onKeyDown={(event) => moveRadioFocus(event, index)}
        />
      ))}
    </div>
  );
}

function Choice({
  choice,
  isChosen,
  isFocusable,
  onChoose,
  onKeyDown,
}: {
  readonly choice: ListChoice;
  readonly isChosen: boolean;
  readonly isFocusable: boolean;
  readonly onChoose: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [cause, ...others] = choice.refusals;
  const refused = cause !== undefined;
  return (
    <div className={styles.member}>
      {/* biome-ignore lint/a11y/useSemanticElements: a refused choice must stay reachable, a native radio input would not */}
      <button
        type="button"
        role="radio"
        aria-checked={isChosen}
        aria-disabled={refused || undefined}
        tabIndex={isFocusable ? 0 : -1}
        className={styles.choice}
        onClick={() => (refused ? undefined : onChoose())}
        onKeyDown={onKeyDown}
      >
        <span className={styles.mark} aria-hidden />
        <span className={styles.text}>
          <span className={styles.title}>{choice.title}</span>
          <span className={styles.details}>{choice.details}</span>
          {(isOpen ? choice.refusals : choice.refusals.slice(0, 1)).map((reason) => (
            <span key={reason} className={styles.refusal}>
              ✕ {reason}
            </span>
          ))}
        </span>
        <span className={styles.aside}>{choice.aside}</span>
      </button>
      {others.length === 0 ? null : (
        <button
          type="button"
          aria-expanded={isOpen}
          className={styles.more}
          onClick={() => setOpen((before) => !before)}
        >
          {isOpen ? 'Fold the other reasons' : `Show ${countWords(others.length, 'more reason')}`}
        </button>
      )}
      {choice.help === undefined || !refused ? null : (
        <>
          <button
            type="button"
            aria-expanded={isHelpOpen}
            className={styles.more}
            onClick={() => setHelpOpen((before) => !before)}
          >
            {choice.help.label}
          </button>
          {isHelpOpen ? choice.help.content() : null}
        </>
      )}
    </div>
  );
}
