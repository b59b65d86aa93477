import styles from './shell-text.module.css';
import type { ShellPart, ShellPartKind } from './shell-words.ts';

const classes: Record<ShellPartKind, string | undefined> = {
  plain: undefined,
  comment: styles.comment,
  keyword: styles.keyword,
  command: styles.command,
  variable: styles.variable,
  string: styles.string,
};

/** A line of a shell script in colours. */
export function ShellText({ parts }: { readonly parts: readonly ShellPart[] }) {
  return parts.map(({ kind, text }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text are known by their places
    <span key={index} className={classes[kind]}>
      {text}
    </span>
  ));
}
