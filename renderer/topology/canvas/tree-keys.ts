import type { Carry } from '../../carry/carry.ts';
import { handleCarryKey } from '../../carry/carry-keys.ts';
import { cancelCarry, pickUp } from '../../carry/carry-store.ts';
import { panBy, zoomBy } from '../scene/camera-store.ts';
import { type Direction, neighbour, type TreeItem } from '../scene/tree-items.ts';

const panStep = 80;
const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
const panVectors: Readonly<Record<Direction, readonly [number, number]>> = {
  left: [-panStep, 0],
  right: [panStep, 0],
  up: [0, -panStep],
  down: [0, panStep],
};

export interface TreeKeyContext {
  readonly carry: Carry;
  readonly items: readonly TreeItem[];
  readonly current: TreeItem | null;
  /** The selected secondaries; Space on one of them picks all of them up. */
  readonly selected: readonly string[];
  readonly focusItem: (item: TreeItem) => void;
  readonly activate: (item: TreeItem, add: boolean) => void;
  readonly menu: (item: TreeItem) => void;
  /** Space is down over nothing that can be carried: the next drag pans. */
  readonly holdSpace: () => void;
}

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Keys of the graph: walk, select, carry, pan, zoom. Answers whether the key meant something here. */
export function handleTreeKey(event: Key, context: TreeKeyContext): boolean {
  if (context.carry.mode === 'keyboard') return handleCarryKey(event.key);
  if (context.carry.mode === 'pointer') {
    if (event.key === 'Escape') cancelCarry();
    return event.key === 'Escape';
  }
  const { current } = context;
  const direction = directions[event.key];
  if (direction !== undefined && !event.altKey && !event.ctrlKey) {
    const next = event.shiftKey || current === null ? null : neighbour(context.items, current, direction);
    if (next !== null) context.focusItem(next);
    else panBy(...panVectors[direction]);
    return true;
  }
  if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    if (current === null) return false;
    context.activate(current, false);
    context.menu(current);
    return true;
  }
  switch (event.key) {
    case '+':
    case '=':
      if (event.ctrlKey || event.metaKey) return false;
      zoomBy(1.25);
      return true;
    case '-':
      if (event.ctrlKey || event.metaKey) return false;
      zoomBy(0.8);
      return true;
    case 'Home':
    case 'End': {
      const item = event.key === 'Home' ? context.items[0] : context.items.at(-1);
      if (item !== undefined) context.focusItem(item);
      return true;
    }
    case 'Enter':
      if (current !== null) context.activate(current, event.ctrlKey || event.metaKey);
      return current !== null;
    case ' ':
      if (current?.kind === 'cell')
        pickUp('keyboard', context.selected.includes(current.id) ? context.selected : [current.id]);
      else context.holdSpace();
      return true;
    default:
      return false;
  }
}
