import { useCallback, useState } from 'react';
import { isEditable } from './key-bindings.ts';

/**
 * What is typed between the request for an overlay (palette, dialog, sheet, menu) and its readiness belongs to it, and to
 * nothing below it: its code may still be loading, and the focus comes to it only after it is drawn. Until then keys are
 * held back, and given to it when it has the focus.
 */

type HeldKey = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>;

const overlays = '[role="dialog"], [role="alertdialog"], [role="menu"]';
/** An overlay whose code cannot be loaded must not keep the keyboard for ever. */
const longestHoldMilliseconds = 10_000;

interface Hold {
  readonly keys: HeldKey[];
  readonly timer: ReturnType<typeof setTimeout>;
  replaying: boolean;
}

let hold: Hold | null = null;
/** The keys that are given on must pass. */
const givenOn = new WeakSet<Event>();

/** An overlay was asked for: keys wait for it from now on. */
export function holdKeys(): void {
  if (hold !== null) clearTimeout(hold.timer);
  else {
    window.addEventListener('keydown', onKeyDown, true);
    window.addEventListener('focusin', onFocusIn, true);
  }
  const keys = hold?.keys ?? [];
  hold = { keys, timer: setTimeout(dropHeldKeys, longestHoldMilliseconds), replaying: false };
}

/** Nobody waits for the keys any more; those that were held are dropped. */
export function dropHeldKeys(): void {
  if (hold === null) return;
  clearTimeout(hold.timer);
  hold = null;
  window.removeEventListener('keydown', onKeyDown, true);
  window.removeEventListener('focusin', onFocusIn, true);
}

/** State of a component that shows an overlay of its own while it is not null; keys wait for that one too. */
export function useOverlayState<Shown>(): readonly [Shown | null, (shown: Shown | null) => void] {
  const [shown, setShown] = useState<Shown | null>(null);
  const show = useCallback((next: Shown | null) => {
    if (next === null) dropHeldKeys();
    else holdKeys();
    setShown(next);
  }, []);
  return [shown, show];
}

function onKeyDown(event: KeyboardEvent): void {
  if (hold === null || givenOn.has(event)) return;
  event.stopImmediatePropagation();
  const { key, code, shiftKey } = event;
  const isShortcut = (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState('AltGraph');
  // A shortcut would be about what lies below; the system's own, such as closing the window, go on.
  if (isShortcut || event.isComposing || key === 'Shift' || key === 'Dead') return;
  event.preventDefault();
  hold.keys.push({ key, code, shiftKey });
}

function onFocusIn({ target }: FocusEvent): void {
  if (hold === null || hold.replaying || !isInOverlay(target)) return;
  hold.replaying = true;
  void giveOn(hold);
}

/** One key at a time: what one changes must be drawn before the next is read. Keys typed meanwhile join the others. */
async function giveOn(current: Hold): Promise<void> {
  await nextTask();
  while (hold === current && current.keys.length > 0) {
    const key = current.keys.shift();
    const target = document.activeElement;
    // The overlay has closed, or the key would have done something that cannot be done in its place: what follows was
    // typed for a state that is not there.
    if (key === undefined || !isInOverlay(target) || !press(target, key)) break;
    await nextTask();
  }
  if (hold === current) dropHeldKeys();
}

/** Answers whether the key had its effect. */
function press(target: HTMLElement, { key, code, shiftKey }: HeldKey): boolean {
  const event = new KeyboardEvent('keydown', { key, code, shiftKey, bubbles: true, cancelable: true });
  givenOn.add(event);
  if (!target.dispatchEvent(event)) return true;
  if (!isEditable(target) || target instanceof HTMLSelectElement) return false;
  return type(target as HTMLInputElement | HTMLTextAreaElement, key);
}

function type(field: HTMLInputElement | HTMLTextAreaElement, key: string): boolean {
  const { selectionStart: start, selectionEnd: end } = field;
  if (start === null || end === null) return false;
  if (key === 'Backspace') field.setRangeText('', start === end ? Math.max(0, start - 1) : start, end, 'end');
  else if ([...key].length === 1) field.setRangeText(key, start, end, 'end');
  else return false;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  return true;
}

function isInOverlay(target: EventTarget | null): target is HTMLElement {
  return target instanceof HTMLElement && target.closest(overlays) !== null;
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
