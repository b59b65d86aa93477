import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox';
import { Select as BaseSelect } from '@base-ui/react/select';
import { Check, ChevronDown, Minus } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import popups from '../overlays/popup.module.css';
import styles from './form.module.css';
import { TextInput, type TextInputProps } from './text-input.tsx';

/** Label, control, help and error of one form field. The child gets the ids through the function argument. */
export function Field({
  label,
  description,
  error,
  children,
}: {
  readonly label: string;
  readonly description?: ReactNode;
  /** What is wrong and how to fix it. */
  readonly error?: string | undefined;
  /** Draws the control with `id` and `aria-describedby`, so that label, help and error belong to it. */
  readonly children: (ids: { id: string; describedBy: string | undefined; invalid: boolean }) => ReactNode;
}) {
  const id = useId();
  const described = [description === undefined ? '' : `${id}-d`, error === undefined ? '' : `${id}-e`]
    .filter((part) => part !== '')
    .join(' ');
  return (
    <div className={styles.field}>
      <label className={styles.fieldLabel} htmlFor={id}>
        {label}
      </label>
      {children({ id, describedBy: described === '' ? undefined : described, invalid: error !== undefined })}
      {description === undefined ? null : (
        <div id={`${id}-d`} className={styles.description}>
          {description}
        </div>
      )}
      {error === undefined ? null : (
        <div id={`${id}-e`} className={styles.fieldError} role="alert">
          {error}
        </div>
      )}
    </div>
  );
}

/** A text input with its label, help and error. */
export function TextField({
  label,
  description,
  error,
  ...input
}: {
  readonly label: string;
  readonly description?: ReactNode;
  readonly error?: string | undefined;
} & Omit<TextInputProps, 'id' | 'invalid'>) {
  return (
    <Field label={label} description={description} error={error}>
      {({ id, describedBy, invalid }) => (
        <TextInput {...input} id={id} aria-describedby={describedBy} invalid={invalid} />
      )}
    </Field>
  );
}

/** One option of a `Select`. `value` is unique among them. */
export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Said after the label, for example why it cannot be chosen. */
  readonly note?: string | undefined;
  readonly disabled?: boolean;
}

/** One choice of many in a popup list. `label` is its accessible name. */
export function Select<Value extends string>({
  label,
  value,
  options,
  onChange,
  disabled = false,
  placeholder = 'Choose…',
  size = 'normal',
}: {
  readonly label: string;
  /** null: nothing is chosen yet, and the placeholder shows. */
  readonly value: Value | null;
  readonly options: readonly SelectOption<Value>[];
  readonly onChange: (value: Value) => void;
  readonly disabled?: boolean;
  readonly placeholder?: string;
  /** `small`: in a row of small buttons. */
  readonly size?: 'normal' | 'small';
}) {
  const current = options.find((option) => option.value === value);
  return (
    <BaseSelect.Root
      value={value}
      disabled={disabled}
      modal={false}
      onValueChange={(next) => {
        if (next !== null) onChange(next as Value);
      }}
    >
      <BaseSelect.Trigger
        aria-label={label}
        className={size === 'small' ? `${styles.trigger} ${styles.smallTrigger}` : styles.trigger}
      >
        <span className={styles.triggerText}>{current?.label ?? placeholder}</span>
        <ChevronDown size={14} aria-hidden />
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner sideOffset={4} alignItemWithTrigger={false} className={popups.positioner}>
          <BaseSelect.Popup className={popups.popup}>
            {options.map((option) => (
              <BaseSelect.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled ?? false}
                className={popups.item}
              >
                <BaseSelect.ItemText className={popups.itemText}>{option.label}</BaseSelect.ItemText>
                {option.note === undefined ? null : <span className={popups.note}>{option.note}</span>}
                <BaseSelect.ItemIndicator className={popups.indicator}>
                  <Check size={13} aria-hidden />
                </BaseSelect.ItemIndicator>
              </BaseSelect.Item>
            ))}
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}

/** A select under its visible label, which is its accessible name too. */
export function SelectField<Value extends string>(select: Parameters<typeof Select<Value>>[0]) {
  return <Field label={select.label}>{() => <Select {...select} />}</Field>;
}

/** A check box with its words; the whole row is the label. */
export function Checkbox({
  checked,
  mixed = false,
  onChange,
  disabled = false,
  children,
}: {
  readonly checked: boolean;
  /** Set for some of what it stands for; `checked` is false then. */
  readonly mixed?: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <span className={styles.checkRow}>
      <BaseCheckbox.Root
        checked={checked}
        indeterminate={mixed}
        disabled={disabled}
        onCheckedChange={(next) => onChange(next)}
        aria-labelledby={id}
        className={styles.checkbox}
      >
        <BaseCheckbox.Indicator>
          {mixed ? (
            <Minus size={12} strokeWidth={3} aria-hidden />
          ) : (
            <Check size={12} strokeWidth={3} aria-hidden />
          )}
        </BaseCheckbox.Indicator>
      </BaseCheckbox.Root>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the check box itself is the keyboard way */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the check box itself is the keyboard way */}
      <span id={id} onClick={() => (disabled ? undefined : onChange(!checked))}>
        {children}
      </span>
    </span>
  );
}
