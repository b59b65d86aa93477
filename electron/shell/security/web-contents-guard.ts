import { app, type Session, type WebFrameMain } from 'electron';
import { isOwnAddress } from '../app-origin.ts';

/** Checklist item 5: nothing that the program shows needs a permission, so all are denied, asked or checked. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}

/** Checklist item 23: what the page is to leave on disk, the program writes itself, to a place that a person chose. */
export function denyDownloads(session: Session): void {
  session.on('will-download', (event) => event.preventDefault());
}

/** Checklist items 1, 12, 13, 14, 21, 22, on every web contents that ever exists, whoever made it. */
export function guardWebContents(): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    // Without a proxy, and Berth has none, this leaves WebRTC no address to tell or to send from.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
    contents.on('frame-created', (_event, { frame }) => {
      if (frame !== null && frame.parent !== null) removeFrame(frame);
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('will-navigate', (event) => {
      if (!isOwnAddress(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isOwnAddress(event.url)) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!isOwnAddress(event.url)) event.preventDefault();
    });
  });
}

/**
 * The page has no frames. The content security policy refuses those with an address; one without (about:blank) is a
 * page of its own with fresh globals, for which neither the policy nor a navigation event is asked.
 */
function removeFrame(frame: WebFrameMain): void {
  // It may be gone before it is told to go, which is as good.
  frame.executeJavaScript('frameElement?.remove()').catch(() => undefined);
}

/** Berth itself goes nowhere on the network: requests of the page that are not for its own scheme are cancelled. */
export function blockForeignRequests(session: Session): void {
  session.webRequest.onBeforeRequest((request, answer) => {
    answer({ cancel: !isOwnAddress(request.url) && !request.url.startsWith('devtools:') });
  });
}
