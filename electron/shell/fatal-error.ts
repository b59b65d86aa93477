import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { app, dialog } from 'electron';
import { visibleText } from '#shared/visible-text.ts';

/** An error nobody caught: write down what is known, tell it, and end. Limping on could break what the journal promises. */
export function installFatalErrorReport(dataFolder: () => string): void {
  let reported = false;
  const report = (kind: string, error: unknown): void => {
    if (reported) return;
    reported = true;
    const file = writeFatalErrorReport(dataFolder(), kind, error, new Date());
    if (app.isReady() && process.env.BERTH_QUIET_FATAL === undefined) {
      const choice = dialog.showMessageBoxSync({
        type: 'error',
        title: 'Berth has to close',
        message: 'Berth encountered an unexpected error and has to close.',
        detail: `Every acknowledged change is stored. If a procedure was running, the next start offers to resume it or roll it back.\n\nReport: ${file}`,
        buttons: ['Quit', 'Reopen'],
        defaultId: 1,
      });
      if (choice === 1) app.relaunch();
    }
    app.exit(1);
  };
  process.on('uncaughtException', (error) => report('uncaught exception', error));
  process.on('unhandledRejection', (reason) => report('unhandled rejection', reason));
  app.on('render-process-gone', (_event, _contents, details) => {
    if (details.reason !== 'clean-exit')
      report('renderer ended', new Error(`${details.reason} (${details.exitCode})`));
  });
}

/** Writes the report and returns its path; falls back to standard error when even that fails. */
export function writeFatalErrorReport(dataFolder: string, kind: string, error: unknown, at: Date): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const folder = path.join(dataFolder, 'fatal-errors');
  const file = path.join(folder, `${at.toISOString().replaceAll(':', '-')}.txt`);
  const text = visibleText(
    `Berth ${kind}\n${at.toISOString()}\nElectron ${process.versions.electron ?? 'none'}, ${process.platform} ${process.arch}\n\n${stack}\n`,
  );
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    return file;
  } catch {
    process.stderr.write(text);
    return 'could not be written, see standard error';
  }
}
