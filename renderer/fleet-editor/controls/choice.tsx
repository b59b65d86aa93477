import { Select } from '../../ui/controls/form.tsx';
import styles from '../fleet-editor.module.css';
import type { FormChoice } from '../forms/form-field.ts';

/** A choice that also shows a value that is none of its options. */
export function Choice({
  label,
  field,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  /** Path of the field as text, by which a problem finds its control. */
  readonly field: string;
  readonly value: unknown;
  readonly options: readonly FormChoice[];
  readonly onChange: (value: string | null) => void;
}) {
  // The list box knows texts only; no option is called so.
  const none = '\u0000none';
  const key = value === null ? none : typeof value === 'string' ? value : JSON.stringify(value ?? null);
  const known = options.some((option) => (option.value ?? none) === key);
  const all = known ? options : [...options, { value: key, label: `${key}, unknown` }];
  return (
    <span className={styles.choice} data-field={field}>
      <Select
        label={label}
        value={key}
        options={all.map((option) => ({ value: option.value ?? none, label: option.label }))}
        onChange={(next) => onChange(next === none ? null : next)}
      />
    </span>
  );
}
