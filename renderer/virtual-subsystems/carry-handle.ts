import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { cancelCarry, drop, hoverTarget, pickUp, useCarry } from '../assignment/carry-store.ts';
import { gestureThreshold } from '../topology/gesture.ts';
import { handleCarryKey } from '../topology/tree-keys.ts';

/** Handlers that let an element be dragged, or picked up with Space, as these secondary controllers. */
export function useCarryHandle(ids: readonly string[]) {
  const press = useRef<{ readonly x: number; readonly y: number; carrying: boolean } | null>(null);
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button === 0) press.current = { x: event.clientX, y: event.clientY, carrying: false };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const pressed = press.current;
      if (pressed === null) return;
      const far = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) >= gestureThreshold;
      if (!pressed.carrying && far) {
        if (!pickUp('pointer', ids)) {
          press.current = null;
          return;
        }
        pressed.carrying = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }
      if (pressed.carrying) hoverTarget(targetUnder(event.clientX, event.clientY));
    },
    onPointerUp: () => {
      const carrying = press.current?.carrying === true;
      press.current = null;
      if (carrying) drop();
    },
    onPointerCancel: () => {
      press.current = null;
      cancelCarry();
    },
    onKeyDown: (event: KeyboardEvent) => {
      const { carry } = useCarry.getState();
      const handled =
        carry.mode === 'keyboard' ? handleCarryKey(event.key) : event.key === ' ' && pickUp('keyboard', ids);
      if (handled) event.preventDefault();
    },
  };
}

/** Key of the target at a point; whatever takes drops carries it in `data-target`. */
function targetUnder(x: number, y: number): string | null {
  const found = document
    .elementsFromPoint(x, y)
    .map((element) => element.closest<HTMLElement>('[data-target]'))
    .find((element) => element !== null);
  return found?.dataset.target ?? null;
}
