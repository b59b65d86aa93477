import type { ReactNode } from 'react';
import { select } from '../navigation.ts';
import { CopyButton } from '../ui/controls/copy-button.tsx';
import styles from './inspector.module.css';

/** One line of a list of facts. */
export interface FactRow {
  readonly name: string;
  readonly value: ReactNode;
  readonly mono?: boolean;
  /** Text to copy, where the fact identifies something. */
  readonly copy?: string | undefined;
}

/** Facts, one a row; identities are shown whole and can be copied. */
export function Facts({ label, rows }: { readonly label: string; readonly rows: readonly FactRow[] }) {
  return (
    <dl className={styles.facts} aria-label={label}>
      {rows.map(({ name, value, mono, copy }) => (
        <div key={name} className={styles.fact}>
          <dt>{name}</dt>
          <dd className={mono === true ? styles.factMono : undefined}>{value}</dd>
          {copy === undefined || copy === '' ? null : (
            <dd className={styles.copy}>
              <CopyButton text={copy} what={name} />
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}

/** Shows another object of the fleet in the inspector. */
export function ObjectLink({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  return (
    <button type="button" className={styles.linkButton} onClick={() => select([id])}>
      {children}
    </button>
  );
}

/** Links to objects, one after the other; `none` stands there when there is no object. */
export function ObjectLinks({
  items,
  none = 'none',
}: {
  readonly items: readonly { readonly id: string; readonly title: string }[];
  readonly none?: string;
}) {
  if (items.length === 0) return <span className="mute">{none}</span>;
  return (
    <span className={styles.links}>
      {items.map(({ id, title }) => (
        <ObjectLink key={id} id={id}>
          {title}
        </ObjectLink>
      ))}
    </span>
  );
}
