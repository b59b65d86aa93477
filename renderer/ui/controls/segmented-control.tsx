import type { KeyboardEvent, ReactNode } from 'react';
import styles from './controls.module.css';
import { moveRadioFocus } from './radio-keys.ts';

/** One of the choices of a `SegmentedControl`. */
export interface Segment<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  /** Accessible name when the label is more than its words. */
  readonly name?: string;
}

/** One choice of a few, all visible. A radio group: arrow keys choose. */
export function SegmentedControl<Value extends string>({
  label,
  value,
  segments,
  onChange,
}: {
  /** Accessible name of the group; it is not shown. */
  readonly label: string;
  /** null: none of them yet. */
  readonly value: Value | null;
  readonly segments: readonly Segment<Value>[];
  readonly onChange: (value: Value) => void;
}) {
  // A radio group chooses what it moves to, as native radio buttons do.
  const move = (event: KeyboardEvent, index: number) => {
    const next = moveRadioFocus(event, index);
    const segment = next === null ? undefined : segments[next];
    if (segment !== undefined) onChange(segment.value);
  };
  return (
    <div role="radiogroup" aria-label={label} className={styles.segments}>
      {segments.map((segment, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a row of native radio inputs cannot be drawn as one bar
        <button
          key={segment.value}
          type="button"
          role="radio"
          aria-checked={segment.value === value}
          aria-label={segment.name}
          tabIndex={segment.value === value || (value === null && index === 0) ? 0 : -1}
          className={styles.segment}
          onClick={() => onChange(segment.value)}
          onKeyDown={(event) => move(event, index)}
        >
          {segment.label}
        </button>
      ))}
    </div>
  );
}
