import { Menu as BaseMenu } from '@base-ui/react/menu';
import { MenuEntries, type MenuEntry } from './menu.tsx';
import styles from './popup.module.css';

/** A menu that is open at a point of the window, for context menus of things that are no elements. */
export function MenuAt({
  at,
  entries,
  onClose,
}: {
  readonly at: { readonly x: number; readonly y: number };
  readonly entries: readonly MenuEntry[];
  readonly onClose: () => void;
}) {
  const anchor = { getBoundingClientRect: () => new DOMRect(at.x, at.y, 0, 0) };
  return (
    <BaseMenu.Root
      open
      modal={false}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <BaseMenu.Portal>
        <BaseMenu.Positioner anchor={anchor} align="start" sideOffset={2} className={styles.positioner}>
          <BaseMenu.Popup className={styles.popup}>
            <MenuEntries entries={entries} />
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}
