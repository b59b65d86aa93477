import {
  closeSync,
  constants,
  fstatSync,
  open,
  openSync,
  read,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { fail, type Result, succeed } from '#shared/result.ts';
import { inTurns } from '../in-turns.ts';
import { decodeText } from './decode-text.ts';

export interface ReadOptions {
  /** Most bytes that are read. */
  readonly largest: number;
  /** What such a file is, for messages: `a fleet file`. */
  readonly what: string;
  /** Symbolic links are followed only to places in this folder; left out: everywhere. */
  readonly inside?: LinkBounds;
  /** The listing of its folder says that it is a regular file and no symbolic link; spares a look at it before it is opened. */
  readonly listedAsFile?: boolean;
}

/**
 * Opening for reading never waits: a FIFO without a writer would hold one of the few threads that all files share, and
 * four of them all of Berth. What is no regular file is not opened at all, because opening a device can do something.
 */
const readFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

const openDescriptor = promisify(open);
const readDescriptor = promisify(read);

/**
 * The bytes of a regular file; with `readFilePieces` the one way in which Berth reads files that come from outside. A FIFO,
 * device, socket or folder is refused, and so is a file with more than `largest` bytes, also one that says it has none and
 * never ends (as in /proc). Symbolic links are followed, see `inside`. Errors: `not-found`, `unreadable`, `invalid-file`.
 */
export function readFileBytes(file: string, options: ReadOptions): Promise<Result<Uint8Array>> {
  const { largest, what } = options;
  return withRegularFile(file, options, async (descriptor, size) => {
    const bytes = new Uint8Array(Math.min(size > 0 ? size : 4096, largest) + 1);
    let content = bytes;
    let length = 0;
    for (;;) {
      if (length === content.length) content = enlarged(content, largest + 1);
      const { bytesRead } = await readDescriptor(
        descriptor,
        content,
        length,
        content.length - length,
        length,
      );
      length += bytesRead;
      if (length > largest) return tooLarge(file, length, largest, what);
      // A regular file that says its size has no more when it is reached; one that says none (/proc) is read to its end.
      const complete = size > 0 && length === size && bytesRead < content.length;
      if (bytesRead === 0 || complete) return succeed(content.subarray(0, length));
    }
  });
}

/** The same for a file that need not be in memory at once. `size`: its bytes; it is closed when `use` ends. */
export function readFilePieces<Value>(
  file: string,
  options: ReadOptions,
  use: (pieces: AsyncIterable<Uint8Array>, size: number) => Promise<Value>,
): Promise<Result<Value>> {
  return withRegularFile(file, options, async (descriptor, size) => {
    const pieces = piecesOf(descriptor, size);
    try {
      return succeed(await use(pieces, size));
    } finally {
      // Nothing reads on from a file that is closed, also where `use` gave up in the middle.
      await pieces.return();
    }
  });
}

/** Bytes that are read of a file at once. */
const bytesOfPiece = 256 * 1024;

/** What it had when it was opened; what is written to it meanwhile is not looked at. */
async function* piecesOf(descriptor: number, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < size; ) {
    const piece = new Uint8Array(Math.min(bytesOfPiece, size - at));
    const { bytesRead } = await readDescriptor(descriptor, piece, 0, piece.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

async function withRegularFile<Value>(
  file: string,
  { largest, what, inside, listedAsFile = false }: ReadOptions,
  use: (descriptor: number, size: number) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  try {
    // What the listing said is no link must still be none when it is opened.
    const flags = listedAsFile ? readFlags | (constants.O_NOFOLLOW ?? 0) : readFlags;
    let found = listedAsFile ? null : await lstat(file);
    if (inside !== undefined && !(await inside.hold(file, found?.isSymbolicLink() === true)))
      return fail('unreadable', `${file} is a symbolic link that leads out of ${inside.folder}.`, {
        object: file,
        fix: 'Put the file itself there.',
      });
    if (found?.isSymbolicLink()) found = await stat(file);
    if (found !== null && !found.isFile()) return notAFile(file, found, what);
    if (found !== null && found.size > largest) return tooLarge(file, found.size, largest, what);
    const descriptor = await openDescriptor(file, flags);
    try {
      // Something else may stand there by now. What is open is in memory: neither this nor closing it waits, and a turn of
      // the thread pool for each would double the time that a capture of thousands of small files takes.
      const opened = fstatSync(descriptor);
      if (!opened.isFile()) return notAFile(file, opened, what);
      if (opened.size > largest) return tooLarge(file, opened.size, largest, what);
      return await use(descriptor, opened.size);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    return unreadable(file, cause);
  }
}

/** The same as text in UTF-8. */
export async function readFileText(file: string, options: ReadOptions): Promise<Result<string>> {
  const bytes = await readFileBytes(file, options);
  return bytes.ok ? succeed(await inTurns(decodeText(bytes.value, true))) : bytes;
}

/** A small file of Berth's own that is needed before anything else can go on; null when there is none to be read. */
export function readSmallFileNow(file: string, largest: number): string | null {
  try {
    if (!statSync(file).isFile()) return null;
    const handle = openSync(file, readFlags);
    try {
      if (!fstatSync(handle).isFile()) return null;
      const bytes = Buffer.alloc(largest + 1);
      const length = readSync(handle, bytes, 0, bytes.length, 0);
      return length > largest ? null : bytes.toString('utf8', 0, length);
    } finally {
      closeSync(handle);
    }
  } catch {
    return null;
  }
}

/** Keeps symbolic links of a folder that was handed over by somebody else from leading to other files. */
export class LinkBounds {
  readonly folder: string;
  readonly #real: Promise<string>;
  readonly #folders = new Map<string, Promise<boolean>>();

  constructor(folder: string) {
    this.folder = folder;
    this.#real = realpath(folder);
    // Whoever asks hears of it.
    this.#real.catch(() => undefined);
  }

  /** Whether a file that is there is in the folder, wherever links lead. */
  async hold(file: string, isLink: boolean): Promise<boolean> {
    if (isLink) return this.#contains(await realpath(file));
    const parent = path.dirname(file);
    // Most files share their folder with others.
    const known = this.#folders.get(parent) ?? realpath(parent).then((real) => this.#contains(real));
    this.#folders.set(parent, known);
    return known;
  }

  async #contains(real: string): Promise<boolean> {
    const folder = await this.#real;
    return real === folder || real.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
  }
}

/** Whether a path that a person chose is a file or a folder; anything else is refused. */
export async function kindOfPath(file: string, what: string): Promise<Result<'file' | 'folder'>> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) return succeed('folder');
    return found.isFile() ? succeed('file') : notAFile(file, found, what);
  } catch (cause) {
    return unreadable(file, cause);
  }
}

/** What stands in the place of a file, in words; null for a regular file. */
export function kindOfFile(found: Stats): string | null {
  if (found.isFile()) return null;
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a FIFO (named pipe)';
  if (found.isSocket()) return 'a socket';
  if (found.isCharacterDevice() || found.isBlockDevice()) return 'a device file';
  return 'not a regular file';
}

function notAFile(file: string, found: Stats, what: string): Result<never> {
  return fail('invalid-file', `${file} is ${kindOfFile(found)}, not ${what}.`, {
    object: file,
    fix: 'Choose a regular file.',
  });
}

function tooLarge(file: string, size: number, largest: number, what: string): Result<never> {
  return fail(
    'invalid-file',
    `${path.basename(file)} has ${size === largest + 1 ? `more than ${largest}` : size} bytes, which is too large for ${what}.`,
    { object: file, field: 'size', fix: `Choose ${what}; it has at most ${largest} bytes.` },
  );
}

function enlarged(bytes: Uint8Array<ArrayBuffer>, most: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(bytes.length * 2, most));
  larger.set(bytes);
  return larger;
}

/** Why a path could not be read. */
export function unreadable(file: string, cause: unknown): Result<never> {
  const code = (cause as { code?: unknown } | null)?.code;
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  return fail(
    missing ? 'not-found' : 'unreadable',
    missing ? `${file} does not exist.` : `${file} cannot be read: ${String(cause)}`,
    { object: file, fix: 'Check the path and its permissions.' },
  );
}
