import { ContextMenu as BaseContextMenu } from '@base-ui/react/context-menu';
import { Menu as BaseMenu } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from '../content/small.tsx';
import styles from './popup.module.css';

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

/** The entries of a menu, inside its popup. */
export function MenuEntries({ entries }: { readonly entries: readonly MenuEntry[] }) {
  return entries.map((entry) =>
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
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={4} align="start" className={styles.positioner}>
          <BaseMenu.Popup className={styles.popup}>
            <MenuEntries entries={entries} />
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
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
      <BaseContextMenu.Portal>
        <BaseContextMenu.Positioner className={styles.positioner}>
          <BaseContextMenu.Popup className={styles.popup}>
            <ContextEntries entries={entries} />
          </BaseContextMenu.Popup>
        </BaseContextMenu.Positioner>
      </BaseContextMenu.Portal>
    </BaseContextMenu.Root>
  );
}

function ContextEntries({ entries }: { readonly entries: () => readonly MenuEntry[] }) {
  return <MenuEntries entries={entries()} />;
}
