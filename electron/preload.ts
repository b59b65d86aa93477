import { contextBridge, ipcRenderer, webFrame, webUtils } from 'electron';
import type { Bridge } from '#shared/ipc/bridge.ts';
import {
  electronEventChannel,
  electronRequestChannel,
  eventChannels,
  requestChannels,
} from '#shared/ipc/channels.ts';

const requests: readonly string[] = requestChannels;
const events: readonly string[] = eventChannels;

const bridge: Bridge = {
  request(channel, request) {
    if (!requests.includes(channel)) {
      return Promise.resolve({
        ok: false,
        error: { code: 'invalid-request', message: `The request "${String(channel)}" does not exist.` },
      });
    }
    return ipcRenderer.invoke(electronRequestChannel, channel, request);
  },
  listen(channel, listener) {
    if (!events.includes(channel)) return () => undefined;
    const forward = (_event: unknown, name: string, payload: unknown): void => {
      if (name === channel) listener(payload);
    };
    ipcRenderer.on(electronEventChannel, forward);
    return () => {
      ipcRenderer.removeListener(electronEventChannel, forward);
    };
  },
  pathForFile(file) {
    return file instanceof File ? webUtils.getPathForFile(file) : '';
  },
};

contextBridge.exposeInMainWorld('berth', bridge);

// Leaving for about:blank needs no request and no main process, so only the page itself can refuse it.
window.navigation.addEventListener('navigate', (event) => {
  if (!event.destination.url.startsWith(`${location.protocol}//${location.host}/`)) event.preventDefault();
});

// In the page's own world: the globals of this one are others.
void webFrame.executeJavaScript(
  'for (const name of Object.getOwnPropertyNames(globalThis)) if (/^(webkit)?RTC/.test(name)) delete globalThis[name];',
);
