import { type BrowserWindow, ipcMain } from 'electron';
import type { Route } from '#backend/router.ts';
import type { EventChannel } from '#shared/ipc/channels.ts';
import { electronEventChannel, electronRequestChannel } from '#shared/ipc/channels.ts';
import { fail } from '#shared/result.ts';
import { isTrustedSender } from './security/sender-check.ts';

/**
 * The only place that knows ipcMain. `route` is asked for with each request, since the window opens before the backend
 * is loaded; requests that come early wait for it.
 */
export function hostIpc(window: () => BrowserWindow | null, route: () => Promise<Route>): void {
  ipcMain.handle(electronRequestChannel, async (event, channel: unknown, request: unknown) => {
    const sender = {
      senderId: event.sender.id,
      frameUrl: event.senderFrame?.url ?? null,
      isMainFrame: event.senderFrame !== null && event.senderFrame === event.sender.mainFrame,
    };
    if (!isTrustedSender(sender, window()?.webContents.id ?? null)) {
      return fail('untrusted-sender', 'This request did not come from the window of Berth and was refused.');
    }
    return (await route())(channel, request);
  });
}

export function pushEvent(window: BrowserWindow | null, channel: EventChannel, event: unknown): void {
  if (window === null || window.isDestroyed() || window.webContents.isDestroyed()) return;
  window.webContents.send(electronEventChannel, channel, event);
}
