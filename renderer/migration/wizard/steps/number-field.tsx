import { type ReactNode, useEffect, useState } from 'react';
import type { z } from 'zod';
import { parseNumberSetting } from '../../../settings/parse-number-setting.ts';
import { TextField } from '../../../ui/controls/form.tsx';
import styles from '../wizard.module.css';

/** A whole number of the options. Text as typed; a bad one is not taken over, and the last good one holds. */
export function NumberField({
  label,
  description,
  value,
  schema,
  onValue,
}: {
  readonly label: string;
  readonly description: ReactNode;
  readonly value: number;
  readonly schema: z.ZodNumber;
  readonly onValue: (value: number) => void;
}) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const parsed = parseNumberSetting(text, schema);
  return (
    <TextField
      label={label}
      description={description}
      error={parsed.ok ? undefined : parsed.error}
      inputMode="numeric"
      className={styles.budget ?? ''}
      value={text}
      onChange={(next) => {
        setText(next);
        const read = parseNumberSetting(next, schema);
        if (read.ok) onValue(read.value);
      }}
    />
  );
}
