import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ElectronApplication, _electron as electron, type Page } from '@playwright/test';

const root = path.resolve(import.meta.dirname, '..');

/** The real program in a real Electron window, with a data folder of its own. */
export interface Program {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly dataFolder: string;
  /** Errors of the page and messages that the content security policy printed. Tests expect none. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

export interface LaunchOptions {
  /** Data folder to reuse, for tests that reopen. */
  readonly dataFolder?: string;
  /** Fleet or capture to open, as on the command line. */
  readonly source?: string;
  readonly theme?: 'dark' | 'light';
  readonly size?: { readonly width: number; readonly height: number };
}

export async function temporaryFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'berth-e2e-'));
}

export async function launchProgram(options: LaunchOptions = {}): Promise<Program> {
  const dataFolder = options.dataFolder ?? (await temporaryFolder());
  const { default: executablePath } = (await import('electron')) as unknown as { default: string };
  const app = await electron.launch({
    executablePath,
    timeout: 30_000,
    cwd: root,
    args: [root, `--user-data-dir=${dataFolder}`, ...(options.source === undefined ? [] : [options.source])],
  });
  const complaints: string[] = [];
  const page = await app.firstWindow({ timeout: 30_000 });
  page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/i.test(message.text()))
      complaints.push(message.text());
  });
  if (options.theme !== undefined) {
    await app.evaluate(({ nativeTheme }, theme) => {
      nativeTheme.themeSource = theme;
    }, options.theme);
  }
  if (options.size !== undefined) {
    await app.evaluate(({ BrowserWindow }, size) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height);
    }, options.size);
  }
  return {
    app,
    page,
    dataFolder,
    complaints,
    async close() {
      await app.close();
      if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** A copy of a recorded capture that a test may break. */
export async function copyOfCapture(name: string, into: string): Promise<string> {
  const copy = path.join(into, name);
  await cp(captureFolder(name), copy, { recursive: true });
  return copy;
}

export function captureFolder(name: string): string {
  return path.join(root, 'e2e/captures', name);
}

/** Answers every file dialog with these paths, since a test cannot click a native dialog. */
export async function answerDialogs(
  app: ElectronApplication,
  paths: { open?: string; save?: string },
): Promise<void> {
  await app.evaluate(({ dialog }, given) => {
    dialog.showOpenDialog = async () => ({
      canceled: given.open === undefined,
      filePaths: given.open === undefined ? [] : [given.open],
    });
    dialog.showSaveDialog = async () => ({ canceled: given.save === undefined, filePath: given.save ?? '' });
  }, paths);
}
