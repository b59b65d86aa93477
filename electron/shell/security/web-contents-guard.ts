import { app, type Session } from 'electron';
import { isOwnAddress } from '../app-origin.ts';

/** Checklist item 5: nothing that the program shows needs a permission, so all are denied, asked or checked. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}

/** Checklist items 1, 12, 13, 14, on every web contents that ever exists, whoever made it. */
export function guardWebContents(): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
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

/** Berth itself goes nowhere on the network: requests of the page that are not for its own scheme are cancelled. */
export function blockForeignRequests(session: Session): void {
  session.webRequest.onBeforeRequest((request, answer) => {
    answer({ cancel: !isOwnAddress(request.url) && !request.url.startsWith('devtools:') });
  });
}
