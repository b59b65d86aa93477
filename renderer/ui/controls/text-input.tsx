import type { InputHTMLAttributes, Ref } from 'react';
import styles from './form.module.css';

/**
 * Like a native input, but `onChange` gets the text. Spelling and completion are off: most texts here are identifiers.
 */
export interface TextInputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Monospaced, for what is compared digit by digit. */
  readonly mono?: boolean;
  /** Marks it as wrong; what is wrong is said beside it, see `Field`. */
  readonly invalid?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}

/** A bare text input; use `TextField` where a visible label stands over it. */
export function TextInput({ mono = false, invalid = false, onChange, className, ...rest }: TextInputProps) {
  return (
    <input
      spellCheck={false}
      autoComplete="off"
      {...rest}
      aria-invalid={invalid || undefined}
      className={`${styles.input} ${mono ? styles.monoInput : ''} ${className ?? ''}`}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
