import { type BrowserWindow, Menu } from 'electron';
import { pushEvent } from '../ipc-host.ts';
import { type CommandLabels, menuTemplate } from './menu-template.ts';

/** Electron cannot change the words of an item, so the menu is made anew with them. A chosen menu item becomes the `app:command` event; what it does is registered in the renderer. */
export function installMenu(window: () => BrowserWindow | null, labels: CommandLabels): void {
  const run = (command: string): void => pushEvent(window(), 'app:command', { command });
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(run, process.platform, labels)));
}
