import type { ReactNode } from 'react';
import styles from './side-list.module.css';
import { SectionLabel } from './small.tsx';

/** A screen with a list at its left, and what is chosen in it at its right. */
export function SideListScreen({ children }: { readonly children: ReactNode }) {
  return <div className={styles.screen}>{children}</div>;
}

/** The list at the left: title with a count, an optional filter, the items, and what is said below them. */
export function SideList({
  label,
  title,
  aside,
  filter,
  items,
  children,
}: {
  /** Accessible name of the list. */
  readonly label: string;
  /** Title of the screen. */
  readonly title: string;
  /** At the right end of the title: usually a count. */
  readonly aside: ReactNode;
  readonly filter?: ReactNode;
  /** One `li` each. */
  readonly items: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <SideListFrame label={label} title={title} aside={aside}>
      {filter}
      <ul className={styles.items}>{items}</ul>
      {children}
    </SideListFrame>
  );
}

/** The frame of a list at the left, for one whose items are not a plain row of choices. */
export function SideListFrame({
  label,
  title,
  aside,
  scrolls = false,
  children,
}: {
  /** Accessible name of the list. */
  readonly label: string;
  readonly title: string;
  readonly aside: ReactNode;
  /** The whole list scrolls, what stands below it included; otherwise its items do. */
  readonly scrolls?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <nav className={`${styles.list} ${scrolls ? styles.scrolls : ''}`} aria-label={label}>
      <SectionLabel aside={aside}>
        <h1 className={styles.title}>{title}</h1>
      </SectionLabel>
      {children}
    </nav>
  );
}

/** One choice of the list; `children` (a tag) stands at the end of its title, `meta` below it. */
export function SideListItem({
  title,
  meta,
  chosen,
  onChoose,
  children,
}: {
  readonly title: string;
  readonly meta: ReactNode;
  /** Whether its details show now; said as `aria-current`. */
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly children?: ReactNode;
}) {
  return (
    <li>
      <button
        type="button"
        className={styles.item}
        aria-current={chosen ? 'true' : undefined}
        onClick={onChoose}
      >
        <span className={styles.itemTitle}>{title}</span>
        {children}
        <span className={styles.itemMeta}>{meta}</span>
      </button>
    </li>
  );
}
