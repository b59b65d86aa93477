/** Pixels that the pointer must move before a press becomes a gesture. */
export const gestureThreshold = 4;

/** Where and how a button of the pointer went down. Places are CSS pixels of the window. */
export interface Press {
  readonly x: number;
  readonly y: number;
  readonly button: number;
  readonly shift: boolean;
  readonly space: boolean;
  /** Secondary controllers that a drag from here would carry; empty elsewhere. */
  readonly carries: readonly string[];
}

/** What a press turned into; `press` until it is decided. */
export type Gesture = 'press' | 'pan' | 'lasso' | 'carry';

/** What a press has become now that the pointer is at (x, y). Once a gesture has begun it stays that gesture. */
export function gestureOf(current: Gesture, press: Press, x: number, y: number): Gesture {
  if (current !== 'press') return current;
  if (Math.hypot(x - press.x, y - press.y) < gestureThreshold) return 'press';
  if (press.button === 1 || press.space) return 'pan';
  if (press.button !== 0) return 'press';
  if (press.shift) return 'lasso';
  return press.carries.length > 0 ? 'carry' : 'pan';
}
