/** What a terminal does with a key before its shell gets it. */
export interface TerminalKeys {
  /** Goes on to what stands behind the terminal. */
  readonly leave: () => void;
  /** Copies what is selected in it. */
  readonly copy: () => void;
}

/**
 * Whether the shell gets a key. It has all that shells know, Ctrl with a letter among them; with Shift besides, and keys
 * that no shell knows, stay the program's. Shift+Tab goes back and F6 goes on, so that the focus is never caught.
 */
export function isForShell(event: KeyboardEvent, { leave, copy }: TerminalKeys): boolean {
  if (event.type !== 'keydown') return true;
  const { key, ctrlKey, shiftKey, metaKey } = event;
  if (key === 'Tab' && shiftKey) return false;
  if (key === 'F6') {
    event.preventDefault();
    leave();
    return false;
  }
  if (ctrlKey && shiftKey && key.toLowerCase() === 'c') {
    event.preventDefault();
    copy();
    return false;
  }
  if (metaKey || /^F\d+$/.test(key)) return false;
  return !(ctrlKey && (shiftKey || !/^[a-z\\[\]^_]$/i.test(key)) && key.length === 1);
}
