import { app, type BrowserWindow } from 'electron';

const switchName = 'check-start';
const lookAgainMilliseconds = 50;

/**
 * With `--check-start` the program says on standard output that its page is there, and quits. Packaging proves with it
 * that the package starts, since a package cannot be looked at with a debugger.
 */
export function checkStartWhenAsked(window: BrowserWindow): void {
  if (!app.commandLine.hasSwitch(switchName)) return;
  const look = async (): Promise<void> => {
    if (window.isDestroyed()) return;
    const text: unknown = await window.webContents.executeJavaScript('document.body.innerText.trim()');
    if (text === '') {
      setTimeout(() => void look(), lookAgainMilliseconds);
      return;
    }
    process.stdout.write(`Berth started: ${window.getTitle()}\n`);
    app.quit();
  };
  window.webContents.once('did-finish-load', () => void look());
}
