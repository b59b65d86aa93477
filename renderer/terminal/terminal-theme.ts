import type { ITheme } from '@xterm/xterm';

/** Which token of the program each colour of a terminal is. */
const tokens = {
  background: '--bg',
  foreground: '--text',
  cursor: '--text',
  cursorAccent: '--bg',
  selectionBackground: '--line2',
  black: '--faint',
  red: '--err',
  green: '--online',
  yellow: '--mig',
  blue: '--vs6',
  magenta: '--vs1',
  cyan: '--accent',
  white: '--text',
  brightBlack: '--mute',
  brightRed: '--err',
  brightGreen: '--online',
  brightYellow: '--mig',
  brightBlue: '--vs6',
  brightMagenta: '--vs1',
  brightCyan: '--vs2',
  brightWhite: '--text',
} as const satisfies Partial<Record<keyof ITheme, string>>;

/** The colours of the page as they are now. */
export function terminalTheme(): ITheme {
  // A token may stand for two colours; only a property of an element says which it is.
  const probe = document.createElement('span');
  document.body.append(probe);
  const entries = Object.entries(tokens).map(([name, token]) => {
    probe.style.color = `var(${token})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(entries);
}

/** Calls back when theme or contrast of the page change; returns the remover. */
export function onThemeChange(change: () => void): () => void {
  const observer = new MutationObserver(change);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme', 'data-contrast'] });
  return () => observer.disconnect();
}
