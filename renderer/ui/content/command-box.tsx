import { CopyButton } from '../controls/copy-button.tsx';
import styles from './command-box.module.css';

/** Command lines as they would be typed, one below the other, and a button that copies all of them. */
export function CommandBox({
  lines,
  what,
  className,
}: {
  /** Nothing shows when there is none. */
  readonly lines: readonly string[];
  /** Names the lines to the button: `clean-up commands`. */
  readonly what: string;
  /** Place of the box; its frame is its own. */
  readonly className?: string | undefined;
}) {
  if (lines.length === 0) return null;
  const text = lines.join('\n');
  return (
    <div className={`${styles.box} ${className ?? ''}`}>
      <pre className={styles.lines}>{text}</pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}
