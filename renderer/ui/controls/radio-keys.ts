import type { KeyboardEvent } from 'react';

/** Where an arrow key leads in a row or a column: 1 to the next, -1 to the one before; null for any other key. */
export function arrowStep(key: string): 1 | -1 | null {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return 1;
    case 'ArrowLeft':
    case 'ArrowUp':
      return -1;
    default:
      return null;
  }
}

/**
 * Moves the focus in a radio group, past either end to the other. Answers the index that has
 * it now; null when the key was not an arrow.
 */
export function moveRadioFocus(event: KeyboardEvent, index: number): number | null {
  const step = arrowStep(event.key);
  if (step === null) return null;
  event.preventDefault();
  const radios =
    event.currentTarget.closest('[role="radiogroup"]')?.querySelectorAll<HTMLElement>('[role="radio"]') ?? [];
  const next = (index + step + radios.length) % radios.length;
  radios[next]?.focus();
  return next;
}
