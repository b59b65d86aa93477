import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import styles from './controls.module.css';

/** Like a native button, but never `disabled`: a disabled one leaves the tab order and takes its reason along. */
export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  /** `danger`: what it does interrupts or removes something. `link`: stands inside a text. */
  readonly kind?: 'normal' | 'primary' | 'danger' | 'quiet' | 'link';
  readonly size?: 'normal' | 'small';
  /** A square button that shows an icon only; give `aria-label`. */
  readonly icon?: boolean;
  /** Why it cannot be used now. It stays focusable and tells the reason; `true` when there is nothing to tell. */
  readonly unavailable?: string | boolean | undefined;
  readonly children?: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A button. Unavailable ones stay in the tab order so that the reason can be found with the keyboard. */
export function Button({
  kind = 'normal',
  size = 'normal',
  icon = false,
  unavailable = false,
  className,
  onClick,
  title,
  type = 'button',
  ...rest
}: ButtonProps) {
  const off = unavailable !== false && unavailable !== '';
  const reason = typeof unavailable === 'string' && unavailable !== '' ? unavailable : undefined;
  const classes = [
    styles.button,
    kind === 'normal' ? '' : styles[kind],
    size === 'small' ? styles.small : '',
    icon ? styles.icon : '',
    className ?? '',
  ];
  return (
    <button
      {...rest}
      type={type}
      title={reason ?? title}
      aria-description={reason}
      aria-disabled={off || undefined}
      className={classes.filter((name) => name !== '').join(' ')}
      onClick={(event) => {
        if (off) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}
