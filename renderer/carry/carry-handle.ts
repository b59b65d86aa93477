import { type KeyboardEvent, type MouseEvent, type PointerEvent, useRef } from 'react';
import { handleCarryKey } from './carry-keys.ts';
import { pickUp, useCarry } from './carry-store.ts';
import { usePointerCarry } from './pointer-carry.ts';

/** Handlers that let an element be dragged, or picked up with Space, as these secondary controllers. */
export function useCarryHandle(ids: readonly string[]) {
  const pointer = usePointerCarry();
  const dragged = useRef(false);
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      dragged.current = false;
      if (event.button !== 0) return;
      pointer.press(event, () => ids);
      // From the start: a quick hand leaves the element before the first move is told.
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent) => {
      if (pointer.move(event)) dragged.current = true;
    },
    onPointerUp: pointer.release,
    /** The end of a drag is no click. */
    onClickCapture: (event: MouseEvent) => {
      if (dragged.current) event.stopPropagation();
      dragged.current = false;
    },
    onPointerCancel: pointer.cancel,
    onKeyDown: (event: KeyboardEvent) => {
      const { carry } = useCarry.getState();
      const handled =
        carry.mode === 'keyboard' ? handleCarryKey(event.key) : event.key === ' ' && pickUp('keyboard', ids);
      if (handled) event.preventDefault();
    },
  };
}
