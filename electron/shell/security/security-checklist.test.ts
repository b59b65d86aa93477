import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { unpackingPrograms } from '../../backend/hosts/capture/storage/unpacking-program.ts';
import { fuseNames, packageFuses } from '../../setup/fuses.mjs';
import { warnOfOtherElectron } from '../../setup/machine/electron-binary.mjs';
import { contentSecurityPolicy, contentSecurityPolicyHeader } from './content-security-policy.ts';
import { debuggingSwitches, refuseDebugging } from './debugging-switches.ts';
import { securityChecklist } from './security-checklist.ts';
import { isTrustedSender } from './sender-check.ts';
import { securityWebPreferences } from './web-preferences.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Every file of the program itself: no tests, nothing of what sets it up. */
function programFiles(): string[] {
  const all = ['electron', 'shared'].flatMap((top) =>
    readdirSync(path.join(root, top), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.posix.join(top, file.split(path.sep).join('/')),
    ),
  );
  return all.filter(
    (file) =>
      /\.ts$/.test(file) &&
      !/\.test\.ts$|\/(?:testing|test-support|kill-test)\/|^electron\/(?:setup\/|vite\.)|security-checklist/.test(
        file,
      ),
  );
}

/** What a fake Electron was told, so that the installers themselves run in the test. */
const told = vi.hoisted(() => ({
  contentsCreated: undefined as undefined | ((event: unknown, contents: unknown) => void),
}));
vi.mock('electron', () => ({
  app: {
    on: (name: string, listener: (event: unknown, contents: unknown) => void) => {
      if (name === 'web-contents-created') told.contentsCreated = listener;
    },
  },
}));
const { blockForeignRequests, denyDownloads, denyPermissions, guardWebContents } = await import(
  './web-contents-guard.ts'
);

function guardedContents() {
  type Listener = (event: { url: string; preventDefault(): void }, details?: unknown) => void;
  const listeners = new Map<string, Listener>();
  const policies: string[] = [];
  let windowOpen: (() => { action: string }) | undefined;
  guardWebContents();
  told.contentsCreated?.(
    {},
    {
      setWindowOpenHandler: (handler: () => { action: string }) => {
        windowOpen = handler;
      },
      setWebRTCIPHandlingPolicy: (policy: string) => policies.push(policy),
      on: (name: string, listener: Listener) => {
        listeners.set(name, listener);
      },
    },
  );
  const codeRunInFrame = (parent: object | null): string[] => {
    const ran: string[] = [];
    const executeJavaScript = async (code: string) => void ran.push(code);
    const event = { url: '', preventDefault: () => undefined };
    listeners.get('frame-created')?.(event, { frame: { parent, executeJavaScript } });
    return ran;
  };
  const prevented = (name: string, url: string): boolean => {
    const preventDefault = vi.fn();
    listeners.get(name)?.({ url, preventDefault });
    return preventDefault.mock.calls.length === 1;
  };
  return { windowOpen, prevented, policies, codeRunInFrame };
}

function sessionThatRemembers() {
  const handlers: Record<string, (...args: never[]) => unknown> = {};
  const session = {
    setPermissionRequestHandler: (handler: (...args: never[]) => unknown) => {
      handlers.request = handler;
    },
    setPermissionCheckHandler: (handler: (...args: never[]) => unknown) => {
      handlers.check = handler;
    },
    setDevicePermissionHandler: (handler: (...args: never[]) => unknown) => {
      handlers.device = handler;
    },
    on: (name: string, handler: (...args: never[]) => unknown) => {
      handlers[name] = handler;
    },
    webRequest: {
      onBeforeRequest: (handler: (...args: never[]) => unknown) => {
        handlers.before = handler;
      },
    },
  };
  return { session: session as never, handlers };
}

function cancelled(url: string): boolean {
  const { session, handlers } = sessionThatRemembers();
  blockForeignRequests(session);
  let answer = { cancel: false };
  handlers.before?.(
    { url } as never,
    ((given: { cancel: boolean }) => {
      answer = given;
    }) as never,
  );
  return answer.cancel;
}

const assertions: Record<number, () => void> = {
  1: () => {
    expect(cancelled('https://example.org/x.js')).toBe(true);
    expect(cancelled('http://127.0.0.1/')).toBe(true);
    expect(cancelled('file:///etc/passwd')).toBe(true);
    expect(cancelled('app://berth/index.html')).toBe(false);
  },
  2: () => {
    expect(securityWebPreferences).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
    });
  },
  3: () => expect(securityWebPreferences.contextIsolation).toBe(true),
  4: () => {
    expect(securityWebPreferences.sandbox).toBe(true);
    expect(read('electron/main.ts')).toContain('app.enableSandbox()');
  },
  5: () => {
    const { session, handlers } = sessionThatRemembers();
    denyPermissions(session);
    const granted: boolean[] = [];
    handlers.request?.({} as never, 'media' as never, ((grant: boolean) => granted.push(grant)) as never);
    expect(granted).toEqual([false]);
    expect(handlers.check?.()).toBe(false);
    expect(handlers.device?.()).toBe(false);
  },
  6: () => expect(securityWebPreferences.webSecurity).toBe(true),
  7: () => {
    expect(contentSecurityPolicy['default-src']).toEqual(["'none'"]);
    expect(contentSecurityPolicyHeader()).not.toMatch(/unsafe|https?:|\*|data:/);
    for (const directive of ['base-uri', 'form-action', 'frame-ancestors', 'object-src'] as const) {
      expect(contentSecurityPolicy[directive]).toEqual(["'none'"]);
    }
    expect(read('renderer/index.html')).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)/);
  },
  8: () => expect(securityWebPreferences.allowRunningInsecureContent).toBe(false),
  9: () => expect(securityWebPreferences.experimentalFeatures).toBe(false),
  10: () => expect(securityWebPreferences).not.toHaveProperty('enableBlinkFeatures'),
  11: () => expect(securityWebPreferences.webviewTag).toBe(false),
  12: () => expect(guardedContents().prevented('will-attach-webview', '')).toBe(true),
  13: () => {
    const { prevented } = guardedContents();
    for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
      expect(prevented(event, 'https://example.org/')).toBe(true);
      expect(prevented(event, 'file:///tmp/x.html')).toBe(true);
      expect(prevented(event, 'app://berth/index.html')).toBe(false);
    }
  },
  14: () => expect(guardedContents().windowOpen?.()).toEqual({ action: 'deny' }),
  15: () => {
    for (const file of [
      'electron/main.ts',
      'electron/shell/shell-handlers.ts',
      'electron/shell/window/menu.ts',
    ]) {
      expect(read(file)).not.toMatch(/\.openExternal\(/);
    }
  },
  16: () => {
    const version: string = JSON.parse(read('package.json')).devDependencies.electron;
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Number(version.split('.')[0])).toBeGreaterThanOrEqual(45);
  },
  17: () => {
    const stranger = { senderId: 1, frameUrl: 'https://example.org/', isMainFrame: true };
    expect(isTrustedSender(stranger, 1)).toBe(false);
    expect(read('electron/shell/ipc-host.ts')).toContain('isTrustedSender(sender');
  },
  18: () => expect(read('electron/shell/window/window.ts')).toMatch(/loadURL\(`\$\{appOrigin\}/),
  19: () => {
    expect(read('electron-builder.yml')).toContain('afterPack: electron/setup/after-pack.mjs');
    expect(Object.keys(packageFuses({ testBuild: false, platform: 'linux' }))).toEqual([...fuseNames]);
    expect(packageFuses({ testBuild: false, platform: 'darwin' })).toEqual({
      runAsNode: false,
      cookieEncryption: true,
      nodeOptions: false,
      nodeCliInspect: false,
      embeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
      wasmTrapHandlers: 'default',
    });
  },
  20: () => {
    const preload = read('electron/preload.ts');
    expect(preload.match(/exposeInMainWorld/g)).toHaveLength(1);
    expect(preload).toContain("exposeInMainWorld('berth', bridge)");
    expect(preload).toContain('listener(payload)');
  },
  21: () => {
    expect(guardedContents().policies).toEqual(['disable_non_proxied_udp']);
    expect(read('electron/preload.ts')).toContain('/^(webkit)?RTC/');
  },
  22: () => {
    const { codeRunInFrame } = guardedContents();
    expect(codeRunInFrame({})).toEqual(['frameElement?.remove()']);
    expect(codeRunInFrame(null)).toEqual([]);
    expect(read('electron/preload.ts')).toContain("navigation.addEventListener('navigate'");
  },
  23: () => {
    const { session, handlers } = sessionThatRemembers();
    denyDownloads(session);
    const preventDefault = vi.fn();
    handlers['will-download']?.({ preventDefault } as never);
    expect(preventDefault).toHaveBeenCalledOnce();
    expect(read('electron/main.ts')).toContain('denyDownloads(session.defaultSession)');
  },
  24: () => {
    const start = (words: readonly string[], packaged = true, isTestBuild = () => false) =>
      refuseDebugging({ packaged, isTestBuild, hasSwitch: (name) => words.includes(name) });
    for (const name of ['remote-debugging-port', 'remote-debugging-pipe', 'inspect', 'inspect-brk'])
      expect(start(['no-sandbox', name])).toMatch(new RegExp(`^Berth does not start with --${name}: `));
    for (const name of debuggingSwitches) expect(start([name]), name).not.toBeNull();
    expect(start(['no-sandbox', 'check-start'])).toBeNull();
    expect(start(['inspect', 'remote-debugging-port'], false)).toBeNull();
    expect(start(['inspect'], true, () => true)).toBeNull();
    const main = read('electron/main.ts');
    expect(main.indexOf('refuseDebugging({')).toBeLessThan(main.indexOf('requestSingleInstanceLock()'));
    expect(read('electron/setup/package.mjs')).toContain('provesNoDebugger(executable)');
  },
  25: () => {
    const pinned: string = JSON.parse(read('package.json')).devDependencies.electron;
    expect(warnOfOtherElectron(pinned)).toBeUndefined();
    expect(warnOfOtherElectron('33.2.1')).toMatch(/^WARNING: .*33\.2\.1.*do not ship it/);
    expect(warnOfOtherElectron('33.2.1')).toContain(pinned);
    expect(read('electron/setup/package.mjs')).toContain('warnOfOtherElectron(electron.version)');
  },
  26: () => {
    const program = programFiles();
    expect(program.length).toBeGreaterThan(400);
    const starting = program.filter((file) =>
      /child_process|node:cluster|worker_threads|utilityProcess|process\.(?:binding|dlopen)|\.(?:relaunch|openPath|openExternal)\(/.test(
        read(file),
      ),
    );
    expect(starting.sort()).toEqual([
      'electron/backend/hosts/capture/storage/unpacking-program.ts',
      'electron/command-line/record/record.ts',
      // Berth itself, where a person chooses so.
      'electron/shell/fatal-error.ts',
    ]);
    for (const file of starting.slice(0, 2)) {
      expect(read(file).match(/child_process/g), file).toHaveLength(1);
      expect(read(file).match(/\b(?:spawn|exec|execFile|fork)(?:Sync)?\(/g), file).toEqual(['spawn(']);
    }
    expect(unpackingPrograms).toEqual(['xz', 'bzip2']);
    const unpacking = read('electron/backend/hosts/capture/storage/unpacking-program.ts');
    expect(unpacking).toContain("spawn(place, ['-dc'], {");
    expect(unpacking).not.toMatch(/\bshell:/);
    // Nothing of the program's window reaches the recorder.
    expect(program.filter((file) => /record\/record\.ts'/.test(read(file)))).toEqual([
      'electron/command-line/run-berth.ts',
    ]);
  },
};

describe('the Electron security checklist', () => {
  it('has all 20 items of Electron and the six beyond', () => {
    expect(securityChecklist.map((item) => item.number)).toEqual(
      Array.from({ length: 26 }, (_, index) => index + 1),
    );
  });
  it.each(securityChecklist.map((item) => [item.number, item.title, item] as const))(
    '%i %s',
    (number, _title, item) => {
      expect(existsSync(path.join(root, item.decidedIn)), item.decidedIn).toBe(true);
      const assertion = assertions[number];
      expect(assertion, 'every item has an assertion').toBeDefined();
      assertion?.();
    },
  );
});
