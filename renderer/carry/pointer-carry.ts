import { type PointerEvent, useRef } from 'react';
import { cancelCarry, drop, hoverTarget, pickUp } from './carry-store.ts';
import { gestureThreshold } from './gesture.ts';

/**
 * A drag of secondary controllers with the pointer: nothing is carried until it moved `gestureThreshold` pixels, so that a
 * click stays a click. The element decides what a press is and when it captures the pointer.
 */
export function usePointerCarry() {
  const press = useRef<{ readonly x: number; readonly y: number; readonly ids: () => readonly string[] }>(
    null,
  );
  const carrying = useRef(false);
  return {
    /** `ids`: what a drag from here takes along, asked when it begins. */
    press: ({ clientX, clientY }: PointerEvent, ids: () => readonly string[]): void => {
      press.current = { x: clientX, y: clientY, ids };
      carrying.current = false;
    },
    /** Answers whether the carrying began with this move. */
    move: ({ clientX, clientY }: PointerEvent): boolean => {
      const pressed = press.current;
      if (pressed === null) return false;
      const far = Math.hypot(clientX - pressed.x, clientY - pressed.y) >= gestureThreshold;
      const begins = !carrying.current && far;
      if (begins && !pickUp('pointer', pressed.ids())) {
        press.current = null;
        return false;
      }
      if (begins) carrying.current = true;
      if (carrying.current) hoverTarget(targetUnder(clientX, clientY));
      return begins;
    },
    /** The button went up: what is carried is dropped. */
    release: (): void => {
      const drops = press.current !== null && carrying.current;
      press.current = null;
      carrying.current = false;
      if (drops) drop();
    },
    /** The system took the pointer away: nothing is dropped. */
    cancel: (): void => {
      press.current = null;
      carrying.current = false;
      cancelCarry();
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
