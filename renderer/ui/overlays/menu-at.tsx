import { Menu as BaseMenu } from '@base-ui/react/menu';
import { type MenuEntry, MenuPopup } from './menu.tsx';

/** A menu that is open at a point of the window, for context menus of things that are not elements. */
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
      <MenuPopup anchor={anchor} align="start" sideOffset={2} entries={() => entries} />
    </BaseMenu.Root>
  );
}
