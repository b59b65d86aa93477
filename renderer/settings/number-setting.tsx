import { useEffect, useState } from 'react';
import { settingsSchema, settingTexts } from '#shared/settings/schema.ts';
import { changeSettings, useSettings } from '../fleet-mirror/settings-store.ts';
import { Field } from '../ui/controls/form.tsx';
import { TextInput } from '../ui/controls/text-input.tsx';
import { parseNumberSetting } from './parse-number-setting.ts';
import styles from './settings.module.css';

/** Settings that are whole numbers; their limits are the schema's. */
type NumberKey = 'dockHeight' | 'downtimeBudgetMilliseconds' | 'historyLimit';

/** A number that is saved when it is left or confirmed with Enter; a bad one is not saved and says its range. */
export function NumberSetting({ name, unit }: { readonly name: NumberKey; readonly unit: string }) {
  const saved = useSettings((state) => state[name]);
  const [text, setText] = useState(String(saved));
  // Another window, or Restore defaults, may have changed it.
  useEffect(() => setText(String(saved)), [saved]);
  const parsed = parseNumberSetting(text, settingsSchema.shape[name]);
  const commit = () => {
    if (parsed.ok && parsed.value !== saved) void changeSettings({ [name]: parsed.value });
  };
  return (
    <div className={styles.numberRow}>
      <Field
        label={`${settingTexts[name].label} (${unit})`}
        description={settingTexts[name].description}
        error={parsed.ok ? undefined : parsed.error}
      >
        {({ id, describedBy, invalid }) => (
          <TextInput
            id={id}
            aria-describedby={describedBy}
            invalid={invalid}
            inputMode="numeric"
            className={styles.number ?? ''}
            value={text}
            onChange={setText}
            onBlur={commit}
            onKeyDown={(event) => {
              if (event.key === 'Enter') commit();
              if (event.key === 'Escape') setText(String(saved));
            }}
          />
        )}
      </Field>
    </div>
  );
}
