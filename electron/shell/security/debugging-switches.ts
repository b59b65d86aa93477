/**
 * Switches that open Chromium or Node to a debugger. Whoever is connected to one decides as the program does, past every
 * other item of the checklist; a package has no use for them. The fuse `nodeCliInspect` already makes Node deaf to its
 * own, but nothing in the binary makes Chromium deaf to the others.
 */
export const debuggingSwitches = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'remote-debugging-socket-name',
  'remote-allow-origins',
  'inspect',
  'inspect-brk',
  'inspect-brk-node',
  'inspect-wait',
  'inspect-port',
  'inspect-publish-uid',
  'debug',
  'debug-brk',
  'debug-port',
  'wait-for-debugger',
  'wait-for-debugger-children',
] as const;

/** What decides whether the program may be debugged. */
export interface DebuggedStart {
  /** True for the packaged program; from a folder, debugging is how it is tested and measured. */
  readonly packaged: boolean;
  /** Whether the command line has this switch, in whatever spelling Chromium takes for one. */
  hasSwitch(name: string): boolean;
  /** Whether the package was made for tests (`npm run package -- --test-build`); asked only when it matters. */
  isTestBuild(): boolean;
}

/**
 * Why the program does not start, in one sentence that names the switch; null when it may. To be asked while the main
 * script is loaded: Chromium opens its debugging port only after that.
 */
export function refuseDebugging(start: DebuggedStart): string | null {
  if (!start.packaged) return null;
  const found = debuggingSwitches.find((name) => start.hasSwitch(name));
  if (found === undefined || start.isTestBuild()) return null;
  return `Berth does not start with --${found}: a debugger could do everything that Berth can. Start it without this option.`;
}
