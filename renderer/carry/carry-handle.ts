import { type KeyboardEvent, type MouseEvent, type PointerEvent, useRef } from 'react';
import { handleCarryKey } from './carry-keys.ts';
import { cancelCarry, drop, hoverTarget, pickUp, useCarry } from './carry-store.ts';
import { gestureThreshold } from './gesture.ts';

/** Handlers that let an element be dragged, or picked up with Space, as these secondary controllers. */
export function useCarryHandle(ids: readonly string[]) {
  const press = useRef<{ readonly x: number; readonly y: number; carrying: boolean } | null>(null);
  const dragged = useRef(false);
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      dragged.current = false;
      if (event.button !== 0) return;
      press.current = { x: event.clientX, y: event.clientY, carrying: false };
      // From the start: a quick hand leaves the element before the first move is told.
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent) => {
      const pressed = press.current;
      if (pressed === null) return;
      const far = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) >= gestureThreshold;
      if (!pressed.carrying && far) {
        if (!pickUp('pointer', ids)) {
          press.current = null;
          return;
        }
        pressed.carrying = true;
        dragged.current = true;
      }
      if (pressed.carrying) hoverTarget(targetUnder(event.clientX, event.clientY));
    },
    onPointerUp: () => {
      const carrying = press.current?.carrying === true;
      press.current = null;
      if (carrying) drop();
    },
    /** The end of a drag is no click. */
    onClickCapture: (event: MouseEvent) => {
      if (dragged.current) event.stopPropagation();
      dragged.current = false;
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
