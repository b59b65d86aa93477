import { ContextMenu as BaseContextMenu } from '@base-ui/react/context-menu';
import { Menu as BaseMenu } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from '../content/small.tsx';
import styles from './popup.module.css';

/** An entry of a menu, or a line between entries. */
export type MenuEntry =
  | {
      readonly kind?: 'item';
      readonly id: string;
      readonly label: string;
      readonly icon?: ReactNode;
      /** Key binding, for people. */
      readonly keys?: string | undefined;
      /** Words at the right end: what it will do, or why it cannot be chosen. */
      readonly note?: string | undefined;
      readonly disabled?: boolean;
      readonly danger?: boolean;
      readonly onSelect: () => void;
    }
  | { readonly kind: 'separator'; readonly id: string };

/** The popup of a menu, with entries that are made when it opens. */
export function MenuPopup({
  positioner: Positioner = BaseMenu.Positioner,
  entries,
  ...place
}: Pick<BaseMenu.Positioner.Props, 'anchor' | 'align' | 'sideOffset'> & {
  /** The positioner of a context menu knows where the pointer was. */
  readonly positioner?: typeof BaseMenu.Positioner;
  readonly entries: () => readonly MenuEntry[];
}) {
  return (
    <BaseMenu.Portal>
      <Positioner {...place} className={styles.positioner}>
        <BaseMenu.Popup className={styles.popup}>
          <MenuEntries entries={entries} />
        </BaseMenu.Popup>
      </Positioner>
    </BaseMenu.Portal>
  );
}

function MenuEntries({ entries }: { readonly entries: () => readonly MenuEntry[] }) {
  return entries().map((entry) =>
    entry.kind === 'separator' ? (
      <BaseMenu.Separator key={entry.id} className={styles.separator} />
    ) : (
      <BaseMenu.Item
        key={entry.id}
        disabled={entry.disabled ?? false}
        label={entry.label}
        onClick={entry.onSelect}
        className={`${styles.item} ${entry.danger === true ? styles.danger : ''}`}
      >
        {entry.icon}
        <span className={styles.itemText}>{entry.label}</span>
        {entry.note === undefined ? null : <span className={styles.note}>{entry.note}</span>}
        {entry.keys === undefined ? null : (
          <span className={styles.note} aria-hidden>
            <Kbd>{entry.keys}</Kbd>
          </span>
        )}
      </BaseMenu.Item>
    ),
  );
}

/** A button that opens a menu. `trigger` is the button element. */
export function Menu({
  trigger,
  entries,
}: {
  readonly trigger: ReactElement;
  readonly entries: readonly MenuEntry[];
}) {
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger render={trigger} />
      <MenuPopup sideOffset={4} align="start" entries={() => entries} />
    </BaseMenu.Root>
  );
}

/** Wraps a region whose right click (or the context menu key) opens a menu made when it opens. */
export function ContextMenu({
  children,
  entries,
  className,
}: {
  readonly children: ReactNode;
  readonly entries: () => readonly MenuEntry[];
  readonly className?: string | undefined;
}) {
  return (
    <BaseContextMenu.Root>
      <BaseContextMenu.Trigger className={className}>{children}</BaseContextMenu.Trigger>
      <MenuPopup positioner={BaseContextMenu.Positioner} entries={entries} />
    </BaseContextMenu.Root>
  );
}
