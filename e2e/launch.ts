import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ElectronApplication, _electron as electron, errors, type Page } from '@playwright/test';

const root = path.resolve(import.meta.dirname, '..');

/** The real program in a real Electron window, with a data folder of its own. */
export interface Program {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly dataFolder: string;
  /** Errors of the page and messages that the content security policy printed. Tests expect none. */
  readonly complaints: string[];
  close(): Promise<void>;
  /** Ends it like a power cut: nothing in it can tidy up. */
  kill(): Promise<void>;
}

export interface LaunchOptions {
  /** Data folder to reuse, for tests that reopen. */
  readonly dataFolder?: string;
  /** Fleet or capture to open, as on the command line. */
  readonly source?: string;
  readonly theme?: 'dark' | 'light';
  readonly size?: WindowSize;
}

export interface WindowSize {
  readonly width: number;
  readonly height: number;
}

export async function temporaryFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'berth-e2e-'));
}

const attempts = 3;

/**
 * Starts Electron with Playwright's debugger attached. About one start in fifty never gets past the attaching (both
 * debugger sockets connect, then nothing; without Playwright every start succeeds), so that is tried again. Only this:
 * whatever the program itself does wrong afterwards fails the test.
 */
async function attach(options: Parameters<typeof electron.launch>[0]): Promise<ElectronApplication> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await electron.launch(options);
    } catch (error) {
      if (attempt === attempts || !(error instanceof errors.TimeoutError)) throw error;
    }
  }
}

export async function launchProgram(options: LaunchOptions = {}): Promise<Program> {
  const dataFolder = options.dataFolder ?? (await temporaryFolder());
  const { default: executablePath } = (await import('electron')) as unknown as { default: string };
  const words = options.source === undefined ? [] : [options.source];
  const app = await attach({
    executablePath,
    timeout: 12_000,
    cwd: root,
    // Playwright would pretend a light system to the page; the theme is to come from the program.
    colorScheme: null,
    args: [root, `--user-data-dir=${dataFolder}`, ...words],
  });
  const complaints: string[] = [];
  app.on('window', (window) => gatherComplaints(window, complaints));
  for (const window of app.windows()) gatherComplaints(window, complaints);
  const page = await app.firstWindow({ timeout: 30_000 });
  // Playwright's own setting reaches browsers only.
  page.setDefaultTimeout(10_000);
  // The first of the fleet is there: whatever comes next finds something to do it with.
  await page.getByText('backend ready').waitFor({ timeout: 30_000 });
  if (options.theme !== undefined) await setTheme(app, options.theme);
  if (options.size !== undefined) await setSize(app, page, options.size);
  const forget = () => rm(dataFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return {
    app,
    page,
    dataFolder,
    complaints,
    async close() {
      await app.close();
      if (options.dataFolder === undefined) await forget();
    },
    async kill() {
      const closed = app.waitForEvent('close');
      app.process().kill('SIGKILL');
      await closed;
    },
  };
}

function gatherComplaints(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
  page.on('crash', () => complaints.push('the page crashed'));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/i.test(message.text()))
      complaints.push(message.text());
  });
}

export async function setTheme(app: ElectronApplication, theme: 'dark' | 'light'): Promise<void> {
  await app.evaluate(({ nativeTheme }, wanted) => {
    nativeTheme.themeSource = wanted;
  }, theme);
}

/** Gives the page this size, whatever menu and frame take. */
export async function setSize(app: ElectronApplication, page: Page, size: WindowSize): Promise<void> {
  await app.evaluate(({ BrowserWindow }, { width, height }) => {
    const window = BrowserWindow.getAllWindows()[0];
    // The menu bar takes its height from the page only after it has been drawn, which a test cannot wait for.
    window?.setMenuBarVisibility(false);
    window?.setContentSize(width, height);
  }, size);
  await page.waitForFunction(
    ({ width, height }) => window.innerWidth === width && window.innerHeight === height,
    size,
  );
}

/** A copy of a capture that a test may break. */
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
  paths: { open?: string; openMany?: readonly string[]; save?: string },
): Promise<void> {
  await app.evaluate(({ dialog }, given) => {
    const chosen = given.openMany ?? (given.open === undefined ? [] : [given.open]);
    dialog.showOpenDialog = async () => ({ canceled: chosen.length === 0, filePaths: [...chosen] });
    dialog.showSaveDialog = async () => ({ canceled: given.save === undefined, filePath: given.save ?? '' });
  }, paths);
}
