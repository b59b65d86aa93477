import { BrowserWindow, nativeTheme, screen } from 'electron';
import { appOrigin } from '../app-origin.ts';
import { securityWebPreferences } from '../security/web-preferences.ts';
import { smallestSize, usableBounds, usualSize, type WindowState } from './window-bounds.ts';

/** The colour of the empty window before the first paint; the same as `--bg` of the page in each theme. */
const backgrounds = { dark: '#0d1117', light: '#f4f6f8' } as const;

export function themeBackground(): string {
  return nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light;
}

/** Makes the one window, hidden until it has something to show. */
export function openWindow(state: WindowState, preload: string): BrowserWindow {
  nativeTheme.themeSource = state.theme;
  const bounds = usableBounds(
    state.bounds,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    ...(bounds ?? usualSize),
    minWidth: smallestSize.width,
    minHeight: smallestSize.height,
    title: 'Berth',
    show: false,
    backgroundColor: themeBackground(),
    webPreferences: { ...securityWebPreferences, preload },
  });
  if (state.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  nativeTheme.on('updated', () => {
    if (!window.isDestroyed()) window.setBackgroundColor(themeBackground());
  });
  void window.loadURL(`${appOrigin}/index.html?theme=${nativeTheme.shouldUseDarkColors ? 'dark' : 'light'}`);
  return window;
}

/** The state to remember, read when the window closes. */
export function stateOfWindow(window: BrowserWindow): WindowState {
  return {
    bounds: window.getNormalBounds(),
    maximized: window.isMaximized(),
    theme: nativeTheme.themeSource,
  };
}
