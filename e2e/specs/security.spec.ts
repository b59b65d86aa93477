import type { Page } from '@playwright/test';
import type { Bridge } from '#shared/ipc/bridge.ts';
import { expect, test } from '../fixtures.ts';
import type { Program } from '../launch.ts';
import { FramePage, type ScreenName } from '../pages/frame.ts';
import { WizardPage } from '../pages/wizard.ts';

/** The last words of the program about an attack are what the test expects, not a fault. */
function forget(program: Program, words: RegExp): void {
  const { complaints } = program;
  const left = complaints.filter((line) => !words.test(line));
  complaints.splice(0, complaints.length, ...left);
}

/** Runs code that an attacker got into the page as text, in each way that a page has; answers what became of it. */
async function attack(page: Page): Promise<Readonly<Record<string, string>>> {
  return page.evaluate(async () => {
    const stolen = new Set<string>();
    (window as unknown as { steal: (how: string) => void }).steal = (how) => void stolen.add(how);
    const tries: Readonly<Record<string, () => void>> = {
      script: () => {
        const element = document.createElement('script');
        element.textContent = "steal('script')";
        document.body.append(element);
        element.remove();
      },
      handler: () => {
        const button = document.createElement('button');
        button.setAttribute('onclick', "steal('handler')");
        document.body.append(button);
        button.click();
        button.remove();
      },
      // biome-ignore lint/security/noGlobalEval: that it fails is what is tested
      eval: () => void eval("steal('eval')"),
      function: () => void new Function("steal('function')")(),
    };
    const outcomes: Record<string, string> = {};
    for (const [how, run] of Object.entries(tries))
      await new Promise<void>((done) => {
        // In a turn of its own: what Playwright itself evaluates is not bound by the policy.
        setTimeout(() => {
          try {
            run();
            outcomes[how] = stolen.has(how) ? 'ran' : 'blocked';
          } catch {
            outcomes[how] = 'blocked';
          }
          done();
        }, 0);
      });
    return outcomes;
  });
}

test('the page is confined: policy, windows, navigation, permissions', async ({ launch }) => {
  const program = await launch();
  const { app, page } = program;
  const policy = await page.evaluate(async () =>
    (await fetch(location.href)).headers.get('content-security-policy'),
  );
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);

  expect(await attack(page)).toEqual({
    script: 'blocked',
    handler: 'blocked',
    eval: 'blocked',
    function: 'blocked',
  });
  expect(await page.evaluate(() => window.open('https://example.com'))).toBeNull();
  expect(app.windows()).toHaveLength(1);
  expect(
    await page.evaluate(async () => {
      const states = await Promise.all(
        (['geolocation', 'notifications', 'camera', 'microphone'] as const).map(
          async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
        ),
      );
      return [...new Set(states)];
    }),
  ).toEqual(['denied']);
  expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied');

  const address = page.url();
  expect(address).toMatch(/^app:/);
  // Asked of the window itself: Playwright would wait for a navigation that never ends.
  const after = await app.evaluate(async ({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0] as Electron.BrowserWindow;
    const run = (code: string) => webContents.executeJavaScript(code) as Promise<unknown>;
    for (const target of ['https://example.com/', 'file:///etc/passwd', 'data:text/html,gone'])
      await run(`location.href = ${JSON.stringify(target)}; 0`);
    // Two turns of the page's own loop: a navigation that was allowed would have begun.
    await run('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))');
    return { url: webContents.getURL(), text: await run('document.body.innerText') };
  });
  expect(after.url).toBe(address);
  expect(after.text).toContain('backend ready');
  // What the page says of it arrives when it arrives.
  const refusals = () => program.complaints.filter((line) => /^Not allowed to/.test(line));
  await expect.poll(refusals).toHaveLength(2);
  forget(program, /Content Security Policy|Not allowed to (?:load local resource|navigate)/i);
});

test('the page tells no address, keeps no frame, downloads nothing and does not leave for a blank page', async ({
  launch,
}) => {
  const { app, page } = await launch();
  const address = page.url();
  expect(
    await page.evaluate(() =>
      Object.getOwnPropertyNames(window).filter((name) => /^(webkit)?RTC/.test(name)),
    ),
  ).toEqual([]);

  // A frame has constructors of its own until it is removed; what they gather is nothing but the end mark.
  const gathered = page.evaluate(async () => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const { RTCPeerConnection: Connection } = frame.contentWindow as unknown as typeof globalThis;
    const connection = new Connection();
    connection.createDataChannel('x');
    const candidates: string[] = [];
    connection.onicecandidate = ({ candidate }) => void candidates.push(candidate?.candidate ?? '');
    await Promise.race([
      connection.createOffer().then((offer) => connection.setLocalDescription(offer)),
      new Promise((done) => setTimeout(done, 1000)),
    ]);
    await new Promise((done) => setTimeout(done, 1000));
    return candidates.filter((text) => text !== '');
  });
  expect(await gathered).toEqual([]);
  await expect
    .poll(() => page.evaluate(() => [frames.length, document.querySelector('iframe')]))
    .toEqual([0, null]);

  expect(await page.evaluate(() => window.open('about:blank'))).toBeNull();
  expect(app.windows()).toHaveLength(1);

  await app.evaluate(({ session }) => {
    const ended: string[] = [];
    (globalThis as unknown as { downloads: string[] }).downloads = ended;
    session.defaultSession.on('will-download', (event) => void ended.push(String(event.defaultPrevented)));
  });
  const after = await app.evaluate(async ({ BrowserWindow, session }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0] as Electron.BrowserWindow;
    const run = (code: string) => webContents.executeJavaScript(code) as Promise<unknown>;
    await run(`{
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['x']));
      link.download = 'x.txt';
      link.click();
    } 0`);
    // From behind the page, as a download that it could not stop.
    session.defaultSession.downloadURL('app://berth/index.html');
    await run("location.href = 'about:blank'; 0");
    await run('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))');
    return { url: webContents.getURL(), text: await run('document.body.innerText') };
  });
  expect(after.url).toBe(address);
  expect(after.text).toContain('backend ready');
  const downloads = () => app.evaluate(() => (globalThis as unknown as { downloads: string[] }).downloads);
  await expect.poll(downloads).toEqual(['true']);
});

test('the page has the bridge and nothing else of the program', async ({ launch }) => {
  const { app, page } = await launch();
  expect(
    await page.evaluate(() => {
      const { berth } = window as unknown as { berth: Bridge };
      const globals = window as unknown as Record<string, unknown>;
      return {
        bridge: Object.keys(berth).sort(),
        node: ['require', 'process', 'module', 'Buffer', 'global', 'electron'].filter(
          (name) => name in globals,
        ),
        frozen: Object.isFrozen(berth),
      };
    }),
  ).toEqual({ bridge: ['listen', 'pathForFile', 'request'], node: [], frozen: true });
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0] as Electron.BrowserWindow;
    const { sandbox, contextIsolation, nodeIntegration, webSecurity } = (
      webContents as unknown as { getLastWebPreferences(): Electron.WebPreferences }
    ).getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration, webSecurity };
  });
  expect(preferences).toEqual({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
  });
});

test('a request that breaks the contract is refused by field', async ({ launch }) => {
  const { page } = await launch();
  const ask = (channel: string, body: unknown) =>
    page.evaluate(
      ([name, given]) => {
        const { berth } = window as unknown as { berth: Bridge };
        return berth.request(name as never, given);
      },
      [channel, body] as const,
    );
  expect(
    await ask('procedure:run', { intent: { kind: 'set-online', secondaryIds: [7], online: true } }),
  ).toMatchObject({
    ok: false,
    error: { code: 'invalid-request', object: 'procedure:run', field: 'intent.secondaryIds[0]' },
  });
  expect(await ask('history:list', { limit: 0 })).toMatchObject({ ok: false, error: { field: 'limit' } });
  expect(await ask('fleet:delete-everything', {})).toMatchObject({
    ok: false,
    error: { code: 'invalid-request' },
  });
});

test('nothing goes out to the network, whatever is opened', async ({ launch }) => {
  const program = await launch();
  const { app, page } = program;
  await app.evaluate(({ session }) => {
    const seen: string[] = [];
    (globalThis as unknown as { seenRequests: string[] }).seenRequests = seen;
    session.defaultSession.webRequest.onSendHeaders((details) => void seen.push(details.url));
    session.defaultSession.webRequest.onErrorOccurred((details) => void seen.push(details.url));
  });
  // From the first request on: what is loaded at the start counts too.
  await page.reload();
  await expect(page.getByText('backend ready')).toBeVisible();
  const frame = new FramePage(page);
  const screens: readonly ScreenName[] = [
    'Virtual subsystems',
    'Commands',
    'Reports',
    'History',
    'Settings',
    'Topology',
  ];
  for (const screen of screens) await frame.goTo(screen);
  await new WizardPage(page).open();
  const outside = () =>
    app.evaluate(() =>
      (globalThis as unknown as { seenRequests: string[] }).seenRequests.filter(
        (url) => !/^(?:app|devtools|data|blob):/.test(url),
      ),
    );
  expect(await outside()).toEqual([]);

  // The page's own policy stops a request first; one from behind it is cancelled, which the counter sees.
  const inPage = await page.evaluate(() =>
    fetch('https://example.com/').then(
      () => 'sent',
      () => 'blocked',
    ),
  );
  expect(inPage).toBe('blocked');
  expect(await outside()).toEqual([]);
  const behind = await app.evaluate(({ session }) =>
    session.defaultSession.fetch('https://example.com/').then(
      () => 'sent',
      (error: Error) => error.message,
    ),
  );
  expect(behind).toContain('ERR_BLOCKED_BY_CLIENT');
  expect(await outside()).toEqual(['https://example.com/']);
  forget(program, /Content Security Policy/);
});
