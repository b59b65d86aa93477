import { type BrowserWindow, Menu } from 'electron';
import { pushEvent } from '../ipc-host.ts';
import { menuTemplate } from './menu-template.ts';

/** A chosen menu item becomes the `app:command` event; what it does is registered in the renderer. */
export function installMenu(window: () => BrowserWindow | null): void {
  const run = (command: string): void => pushEvent(window(), 'app:command', { command });
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(run, process.platform)));
}
