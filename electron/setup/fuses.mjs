/**
 * Electron's fuses: switches inside the binary that a package sets once and that no command line can undo.
 *
 * All nine are named here, so that a new one is a decision and not a default. Written by hand because
 * @electron/fuses 1.8, the last one for Node 20, does not know the ninth.
 */

import { open, readFile } from 'node:fs/promises';
import { SetupError } from './progress.mjs';

/** The fuses in the order of the wire inside the binary. */
export const fuseNames = /** @type {const} */ ([
  'runAsNode',
  'cookieEncryption',
  'nodeOptions',
  'nodeCliInspect',
  'embeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
  'wasmTrapHandlers',
]);

/**
 * @typedef {boolean | 'default'} FuseSetting 'default' leaves what Electron was built with
 * @typedef {Record<typeof fuseNames[number], FuseSetting>} FuseTable
 */

/**
 * The fuses of the packaged program.
 * @param {{ testBuild: boolean, platform: NodeJS.Platform }} build a test build can be driven by Playwright, which
 *   needs the inspector; asar integrity exists on macOS and Windows only
 * @returns {FuseTable}
 */
export function packageFuses({ testBuild, platform }) {
  return {
    runAsNode: false,
    cookieEncryption: true,
    nodeOptions: false,
    nodeCliInspect: testBuild,
    embeddedAsarIntegrityValidation: platform === 'darwin' || platform === 'win32',
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
    wasmTrapHandlers: 'default',
  };
}

// Marks the wire inside the binary; followed by one version byte, one length byte, and one character a fuse.
const sentinel = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
const off = 0x30;
const on = 0x31;
const removed = 0x72;

/**
 * @param {Uint8Array} binary
 * @param {string} file for the sentence when there is no wire
 * @returns {{ at: number, length: number }} offset and number of the fuse bytes
 */
function findFuseWire(binary, file) {
  const start = Buffer.from(binary.buffer, binary.byteOffset, binary.byteLength).indexOf(sentinel);
  const version = binary[start + sentinel.length];
  const length = binary[start + sentinel.length + 1];
  if (start < 0 || version !== 1 || length === undefined) {
    throw new SetupError(
      `${file} has no fuse wire of version 1, so it is not an Electron binary that this script supports.`,
    );
  }
  return { at: start + sentinel.length + 2, length };
}

/**
 * @param {string} file the Electron binary
 * @returns {Promise<Partial<Record<typeof fuseNames[number], boolean | 'removed'>>>} only those the binary has
 */
export async function readFuses(file) {
  const binary = await readFile(file);
  const { at, length } = findFuseWire(binary, file);
  /** @type {Partial<Record<typeof fuseNames[number], boolean | 'removed'>>} */
  const fuses = {};
  fuseNames.slice(0, length).forEach((name, index) => {
    const state = binary[at + index];
    fuses[name] = state === removed ? 'removed' : state === on;
  });
  return fuses;
}

/**
 * Sets the fuses that this binary has; one it does not have yet (an older Electron) cannot be set and is left out.
 * @param {string} file the Electron binary, changed in place
 * @param {Partial<FuseTable>} table
 */
export async function setFuses(file, table) {
  const { at, length } = findFuseWire(await readFile(file), file);
  if (length > fuseNames.length) {
    throw new SetupError(
      `This Electron has ${length} fuses but electron/setup/fuses.mjs names ${fuseNames.length}: set the new ones there.`,
    );
  }
  const handle = await open(file, 'r+');
  try {
    for (const [index, name] of fuseNames.slice(0, length).entries()) {
      const setting = table[name] ?? 'default';
      if (setting === 'default') continue;
      await handle.write(Buffer.of(setting ? on : off), 0, 1, at + index);
    }
  } finally {
    await handle.close();
  }
}
