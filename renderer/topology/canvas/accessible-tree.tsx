import { type FocusEvent, memo, type Ref } from 'react';
import type { TreeItem } from '../scene/tree-items.ts';
import styles from '../topology.module.css';

/**
 * The scene for assistive technology: one element over each thing that is drawn, in the camera's coordinates, so that
 * screen readers, magnifiers and tests find it where it is seen. It draws nothing; the focus ring is the scene's.
 */
export const AccessibleTree = memo(function AccessibleTree({
  items,
  selection,
  current,
  worldRef,
  size,
  onFocusItem,
  onBlurItem,
  onActivate,
}: {
  readonly items: readonly TreeItem[];
  readonly selection: ReadonlySet<string>;
  /** Key of the one item in the tab order. */
  readonly current: string | null;
  readonly worldRef: Ref<HTMLDivElement>;
  /** Of the whole scene, in world units. */
  readonly size: { readonly width: number; readonly height: number };
  readonly onFocusItem: (item: TreeItem, visible: boolean) => void;
  readonly onBlurItem: () => void;
  /** A click without a pointer, as assistive technology makes it. */
  readonly onActivate: (item: TreeItem) => void;
}) {
  const tabbable = items.some((item) => item.key === current) ? current : items[0]?.key;
  return (
    <div
      ref={worldRef}
      role="tree"
      aria-label="Topology"
      aria-multiselectable="true"
      className={styles.world}
      style={{ width: size.width, height: size.height }}
      onBlur={(event: FocusEvent) => {
        if (!event.currentTarget.contains(event.relatedTarget)) onBlurItem();
      }}
    >
      {items.map((item) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the stage around it handles the keys
        <div
          key={item.key}
          role="treeitem"
          data-key={item.key}
          aria-label={item.name}
          aria-level={item.level}
          aria-selected={
            selection.has(item.id) && item.kind !== 'more' && item.kind !== 'new-virtual-subsystem'
          }
          tabIndex={item.key === tabbable ? 0 : -1}
          className={styles.item}
          style={{ left: item.x, top: item.y, width: item.w, height: item.h }}
          onFocus={(event) => onFocusItem(item, event.currentTarget.matches(':focus-visible'))}
          onClick={(event) => {
            if (event.detail === 0) onActivate(item);
          }}
        />
      ))}
    </div>
  );
});
