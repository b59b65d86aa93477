/**
 * One item of Electron's security checklist (electron docs, tutorial/security) and how Berth meets it; from 21 on what
 * that list does not name and attacks on Berth have shown to be needed.
 */
export interface SecurityItem {
  readonly number: number;
  readonly title: string;
  readonly answer: string;
  /** The file that decides it, from the project's root; the unit test asserts on that file's exports. */
  readonly decidedIn: string;
}

/** All 20 items of Electron and the five beyond. `security-checklist.test.ts` holds one assertion for each. */
export const securityChecklist: readonly SecurityItem[] = [
  {
    number: 1,
    title: 'Only load secure content',
    answer: "Nothing remote is loaded; requests outside the program's own scheme are cancelled.",
    decidedIn: 'electron/shell/app-origin.ts',
  },
  {
    number: 2,
    title: 'No Node.js integration for remote content',
    answer: 'Off for pages, workers and subframes.',
    decidedIn: 'electron/shell/security/web-preferences.ts',
  },
  {
    number: 3,
    title: 'Context isolation',
    answer: 'On, set explicitly.',
    decidedIn: 'electron/shell/security/web-preferences.ts',
  },
  {
    number: 4,
    title: 'Process sandboxing',
    answer: 'On for the window and for the whole program; the preload script is one CommonJS file.',
    decidedIn: 'electron/shell/security/web-preferences.ts',
  },
  {
    number: 5,
    title: 'Handle permission requests',
    answer: 'Every request and every check is denied.',
    decidedIn: 'electron/shell/security/web-contents-guard.ts',
  },
  {
    number: 6,
    title: 'Do not disable webSecurity',
    answer: 'On, set explicitly.',
    decidedIn: 'electron/shell/security/web-preferences.ts',
  },
  {
    number: 7,
    title: 'Content security policy',
    answer: "Sent as a header with every file: only the program's own files, no inline script or style.",
    decidedIn: 'electron/shell/security/content-security-policy.ts',
  },
  {
    number: 8,
    title: 'No allowRunningInsecureContent',
    answer: 'Off, set explicitly.',
    decidedIn: 'electron/shell/security/web-preferences.ts',
  },
  {
    number: 9,
    title: 'No experimental features',
    answer: 'Off, set explicitly.',
    decidedIn: 'electron/shell/security/web-preferences.ts',
  },
  {
    number: 10,
    title: 'No enableBlinkFeatures',
    answer: 'Not set.',
    decidedIn: 'electron/shell/security/web-preferences.ts',
  },
  {
    number: 11,
    title: 'No allowpopups on webviews',
    answer: 'There are no webviews: webviewTag is off.',
    decidedIn: 'electron/shell/security/web-preferences.ts',
  },
  {
    number: 12,
    title: 'Verify webview options',
    answer: 'Attaching a webview is prevented.',
    decidedIn: 'electron/shell/security/web-contents-guard.ts',
  },
  {
    number: 13,
    title: 'Limit navigation',
    answer: "Navigation, redirects and frame navigation are allowed only to the program's own origin.",
    decidedIn: 'electron/shell/security/web-contents-guard.ts',
  },
  {
    number: 14,
    title: 'Limit new windows',
    answer: 'Always denied.',
    decidedIn: 'electron/shell/security/web-contents-guard.ts',
  },
  {
    number: 15,
    title: 'No shell.openExternal with untrusted content',
    answer: 'openExternal is never called; only exported files are shown in the file manager.',
    decidedIn: 'electron/shell/shell-handlers.ts',
  },
  {
    number: 16,
    title: 'Current version of Electron',
    answer: 'Pinned to a supported major version.',
    decidedIn: 'package.json',
  },
  {
    number: 17,
    title: 'Validate the sender of IPC messages',
    answer: 'Window, main frame and origin are checked once, before the router.',
    decidedIn: 'electron/shell/security/sender-check.ts',
  },
  {
    number: 18,
    title: 'Custom protocol instead of file://',
    answer: 'app://berth, with a path traversal check.',
    decidedIn: 'electron/shell/app-origin.ts',
  },
  {
    number: 19,
    title: 'Check fuses',
    answer: 'All nine are named and set when packaging.',
    decidedIn: 'electron-builder.yml',
  },
  {
    number: 20,
    title: 'Do not expose Electron APIs',
    answer: 'The page gets three functions; event objects stay in the preload script.',
    decidedIn: 'electron/preload.ts',
  },
  {
    number: 21,
    title: 'WebRTC shows and sends nothing',
    answer: 'Its IP policy leaves it no address, and the page does not have its constructors.',
    decidedIn: 'electron/shell/security/web-contents-guard.ts',
  },
  {
    number: 22,
    title: 'No blank windows or frames',
    answer:
      'Frames are removed when they are made; leaving for about:blank is refused in the preload script.',
    decidedIn: 'electron/preload.ts',
  },
  {
    number: 23,
    title: 'No downloads',
    answer:
      'Every download is denied; files are written by the program, to a place chosen in a native dialog.',
    decidedIn: 'electron/shell/security/web-contents-guard.ts',
  },
  {
    number: 24,
    title: 'No debugger on the packaged program',
    answer: 'It does not start with a switch for remote debugging or the inspector, and says so.',
    decidedIn: 'electron/shell/security/debugging-switches.ts',
  },
  {
    number: 25,
    title: 'The package holds the pinned Electron',
    answer: 'Packaging warns when it holds another one, such as the older one from the npm registry.',
    decidedIn: 'electron/setup/package.mjs',
  },
  {
    number: 26,
    title: 'No program is started unasked',
    answer:
      'Opening an archive that is packed with xz or bzip2 starts the program of this name, without a shell and without naming it a file; berth record, on the command line, starts its recorder; and a person who chooses so after a fatal error starts Berth again. Nothing else.',
    decidedIn: 'electron/backend/hosts/capture/storage/unpacking-program.ts',
  },
];
