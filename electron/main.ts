import { readFileSync } from 'node:fs';
import path from 'node:path';
import { app, type BrowserWindow, dialog, session } from 'electron';
import { registerAppScheme, serveAppScheme } from './shell/app-protocol.ts';
import { checkStartWhenAsked } from './shell/check-start.ts';
import { loadScript } from './shell/compiled-script.ts';
import { installFatalErrorReport } from './shell/fatal-error.ts';
import { hostIpc } from './shell/ipc-host.ts';
import { refuseDebugging } from './shell/security/debugging-switches.ts';
import {
  blockForeignRequests,
  denyDownloads,
  denyPermissions,
  guardWebContents,
} from './shell/security/web-contents-guard.ts';
import type * as StartBackend from './shell/start-backend.ts';
import { installMenu } from './shell/window/menu.ts';
import { installQuitGuard } from './shell/window/quit-guard.ts';
import { openWindow, stateOfWindow } from './shell/window/window.ts';
import { readWindowState, writeWindowState } from './shell/window/window-state-file.ts';

let window: BrowserWindow | null = null;
const currentWindow = (): BrowserWindow | null => window;

installFatalErrorReport(() => app.getPath('userData'));
// Chromium refuses its sandbox to root; started with --no-sandbox, insisting on it leaves a window without a page.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
registerAppScheme();

const refusal = refuseDebugging({
  packaged: app.isPackaged,
  hasSwitch: (name) => app.commandLine.hasSwitch(name),
  isTestBuild,
});
if (refusal !== null) {
  // On Linux this goes to standard error as long as the app is not ready.
  if (process.env.BERTH_QUIET_FATAL === undefined) dialog.showErrorBox('Berth does not start', refusal);
  else process.stderr.write(`${refusal}\n`);
  app.exit(1);
} else if (!app.requestSingleInstanceLock()) {
  app.exit(0);
} else {
  guardWebContents();
  void app.whenReady().then(start);
}

/**
 * The window comes first. Loading the backend keeps this process from all else, also from what the display needs to
 * show the empty frame, so it begins with the page's first request, which comes when the frame is there.
 */
function start(): void {
  const dataFolder = app.getPath('userData');
  denyPermissions(session.defaultSession);
  denyDownloads(session.defaultSession);
  blockForeignRequests(session.defaultSession);
  serveAppScheme(session.defaultSession, path.join(import.meta.dirname, '../renderer'));

  const opened = openWindow(
    readWindowState(dataFolder),
    path.join(import.meta.dirname, '../preload/preload.cjs'),
  );
  window = opened;
  checkStartWhenAsked(opened);
  installMenu(currentWindow);

  let running: Promise<StartBackend.StartedBackend> | null = null;
  const guard = installQuitGuard(currentWindow, async () => (await running)?.backend ?? null);
  guard.guard(opened);
  const started = (): Promise<StartBackend.StartedBackend> => {
    if (running === null) {
      running = loadBackend().startBackend({
        dataFolder,
        window: currentWindow,
        quitAnyway: guard.quitAnyway,
        noteUnsaved: guard.noteUnsaved,
      });
      void running.then(({ openArgument }) => openArgument(process.argv, process.cwd()));
    }
    return running;
  };
  hostIpc(currentWindow, async () => (await started()).route);

  opened.on('close', () => writeWindowState(dataFolder, stateOfWindow(opened)));
  opened.on('closed', () => {
    window = null;
  });
  app.on('second-instance', (_event, argv, workingDirectory) => {
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
    void started().then(({ openArgument }) => openArgument(argv, workingDirectory));
  });
}

/** The backend is a script of its own (`vite.backend.config.ts`), so the compiler cannot follow it here. */
function loadBackend(): typeof StartBackend {
  return loadScript(path.join(import.meta.dirname, 'backend.script.js')).exports as typeof StartBackend;
}

/** Packaging for tests writes it into the package.json of the package (package.mjs). */
function isTestBuild(): boolean {
  const manifest: unknown = JSON.parse(readFileSync(path.join(app.getAppPath(), 'package.json'), 'utf8'));
  return (
    typeof manifest === 'object' &&
    manifest !== null &&
    'testBuild' in manifest &&
    manifest.testBuild === true
  );
}
