import { useState } from 'react';
import type { EditValue } from '#shared/fleet-file/edit/loose-value.ts';
import { TextInput } from '../../ui/controls/text-input.tsx';
import { fieldLeft } from '../editor-store.ts';
import { formatValue, parseValue, type TextControl } from './field-values.ts';

/**
 * An input for a value of the file. While somebody types, what was typed stays as it is (`0.` on the way to `0.5`);
 * afterwards the value shows in its usual form.
 */
export function TextValue({
  control,
  value,
  placeholder,
  onChange,
  ...rest
}: {
  readonly control: TextControl;
  readonly value: EditValue;
  readonly placeholder: string;
  readonly onChange: (value: EditValue) => void;
  readonly id?: string;
  readonly invalid: boolean;
  readonly 'aria-describedby'?: string | undefined;
  readonly 'aria-label'?: string;
  readonly 'data-field': string;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  // What was typed counts only while it means what the file has: an undo elsewhere wins.
  const meant = typed === null ? undefined : parseValue(control, typed);
  const isCurrent = typed !== null && JSON.stringify(meant) === JSON.stringify(value);
  return (
    <TextInput
      {...rest}
      mono={control.kind !== 'text'}
      placeholder={placeholder}
      value={isCurrent ? typed : formatValue(control, value)}
      onChange={(text) => {
        setTyped(text);
        onChange(parseValue(control, text));
      }}
      onBlur={() => {
        setTyped(null);
        fieldLeft();
      }}
    />
  );
}
