import type { IFileSystem } from 'just-bash/browser';
import type { Refusal } from '../../../hosts/refusal.ts';
import type { ConsoleHost } from '../../console-host.ts';
import { bytesOfLatin1, encodeText } from '../bytes-and-text.ts';
import { type MarkedPath, markedTarget, readMark } from '../script/marked-paths.ts';
import type { ShellLibrary } from '../script/shell-library.ts';
import { FileError, isDirectory, noSuchFile, notPermitted } from './file-error.ts';
import { deviceNodes, type KernelFile, sysfsFile } from './kernel-files.ts';

type Stat = Awaited<ReturnType<IFileSystem['stat']>>;
type Content = Parameters<IFileSystem['writeFile']>[1];
type Encoding = Parameters<IFileSystem['writeFile']>[2];

/** What the files tell the shell that runs on them. */
export interface FileListener {
  /** A command on this line is about to run; each is told once with `begins`, but the earlier ones of a pipeline. */
  onLine(line: number, begins: boolean): Promise<void>;
  onOutput(stream: 'stdout' | 'stderr', line: number, bytes: Uint8Array): void;
  /** The kernel refused what a command wrote; `opened` is false where the file could not even be opened. */
  onRefusedWrite(refusal: RefusedWrite): void;
  /** Something is about to be written to the kernel. */
  beforeWrite(): Promise<void>;
}

export interface RefusedWrite {
  readonly path: string;
  readonly opened: boolean;
  /** As `strerror` words it. */
  readonly words: string;
  /** Why, where the kernel would say it in its log or not at all. */
  readonly refusal: Refusal | null;
}

/** Bytes that the files of a shell may hold together. */
const mostBytes = 64 * 1024 * 1024;

/**
 * The files of a simulated host as a shell sees them: `/sys` and the devices of the simulated kernel, everything else in
 * memory. Nothing of the machine that Berth runs on is among them.
 */
export class HostFiles implements IFileSystem {
  readonly #host: ConsoleHost;
  readonly #listener: FileListener;
  readonly #memory: InstanceType<ShellLibrary['InMemoryFs']>;

  constructor(
    library: ShellLibrary,
    host: ConsoleHost,
    listener: FileListener,
    initial: Readonly<Record<string, string | { readonly content: string; readonly mode: number }>>,
  ) {
    this.#host = host;
    this.#listener = listener;
    this.#memory = new library.InMemoryFs({ ...initial }, { maxTotalBytes: mostBytes });
    for (const folder of ['/tmp', '/root', '/run', '/dev/fd'])
      this.#memory.mkdirSync(folder, { recursive: true });
  }

  resolvePath(base: string, path: string): string {
    const mark = readMark(path);
    if (mark === null) return this.#resolve(base, path);
    if (!('path' in mark)) return `/${path}`;
    return `/${markedTarget({ ...mark, path: this.#resolve(base, mark.path) })}`;
  }

  /** In `/sys`, `..` behind a name leads out of what a link leads to, so that only the kernel can tell where to. */
  #resolve(base: string, path: string): string {
    const begin = /^(?:\.\.?\/+)*/.exec(path)?.[0] ?? '';
    const rest = path.slice(begin.length);
    const whole = path.startsWith('/') ? path : `${this.#memory.resolvePath(base, begin || '.')}/${rest}`;
    return isInSysfs(whole) && /\/\.\.(?:\/|$)/.test(rest) ? whole : this.#memory.resolvePath(base, path);
  }

  async exists(given: string): Promise<boolean> {
    const mark = readMark(given);
    if (mark === null) return this.#exists(given);
    if (!('path' in mark)) {
      await this.#listener.onLine(mark.line, mark.kind !== 'stderr');
      return false;
    }
    const refusal = await this.#refusalToOpen(mark.path);
    if (refusal !== null) {
      // The library ends a command that it cannot open a file for only when the question already fails.
      this.#listener.onRefusedWrite(refusal);
      throw new FileError('EACCES', refusal.words, mark.path);
    }
    return this.#exists(mark.path);
  }

  /** What is there, a link not followed; null for what the kernel does not make. */
  #kernelFile(path: string): KernelFile | null {
    if (isInSysfs(path)) return sysfsFile(this.#host.sysfs, path);
    return path.startsWith('/dev/') ? (deviceNodes(this.#host.sysfs).get(path) ?? null) : null;
  }

  async #exists(path: string): Promise<boolean> {
    if (isInSysfs(path)) return this.#host.sysfs.canonical(path) !== null;
    return this.#kernelFile(path) !== null || this.#memory.exists(path);
  }

  async #refusalToOpen(path: string): Promise<RefusedWrite | null> {
    const refused = (words: string, refusal: Refusal | null = null): RefusedWrite => ({
      path,
      opened: false,
      words,
      refusal,
    });
    if (!isInSysfs(path)) {
      if (path.startsWith('/dev/') && this.#kernelFile(path) !== null) return null;
      const folder = path.slice(0, path.lastIndexOf('/')) || '/';
      return (await this.#memory.exists(folder)) ? null : refused('nonexistent directory');
    }
    const answer = this.#host.sysfs.open(path);
    if (answer.ok) return null;
    return refused(answer.errno === 'ENOENT' ? 'nonexistent directory' : answer.text, answer.refusal);
  }

  async readFile(path: string): Promise<string> {
    return new TextDecoder().decode(await this.readFileBuffer(path));
  }

  async readFileBuffer(given: string): Promise<Uint8Array> {
    const path = plain(given);
    if (isInSysfs(path)) {
      const read = this.#host.sysfs.read(path);
      if (read.ok) return encodeText(read.text);
      throw new FileError('EIO', read.error, path, read.refusal);
    }
    const found = this.#kernelFile(path);
    if (found === null) return this.#memory.readFileBuffer(path).catch((error) => rethrow(error, path));
    if (found.kind === 'folder') throw isDirectory(path);
    throw new FileError('ENOSYS', 'the content of a simulated device is not simulated', path);
  }

  async stat(given: string): Promise<Stat> {
    const path = plain(given);
    if (isInSysfs(path)) {
      const whole = this.#host.sysfs.canonical(path);
      const found = whole === null ? null : sysfsFile(this.#host.sysfs, whole);
      if (found === null) throw noSuchFile(path);
      return statOf(found, this.#sizeOf(path, found));
    }
    const found = this.#kernelFile(path);
    return found === null ? this.#memory.stat(path) : statOf(found, 0);
  }

  async lstat(given: string): Promise<Stat> {
    const path = plain(given);
    const found = this.#kernelFile(path);
    if (found !== null) return statOf(found, this.#sizeOf(path, found));
    if (isInSysfs(path)) throw noSuchFile(path);
    return this.#memory.lstat(path);
  }

  // Attributes of sysfs have a page each, whatever is in them.
  #sizeOf(path: string, { kind }: KernelFile): number {
    return isInSysfs(path) && kind === 'file' ? 4096 : 0;
  }

  async readdir(given: string): Promise<string[]> {
    const path = plain(given);
    const found = this.#kernelFile(path === '/sys/' ? '/sys' : path);
    if (found?.kind === 'link') return this.readdir(await this.realpath(path));
    if (found?.kind === 'folder') return [...found.names];
    if (found !== null) throw new FileError('ENOTDIR', 'Not a directory', path);
    const names = await this.#memory.readdir(path);
    const more = path === '/' ? ['sys'] : path === '/dev' ? this.#deviceNames() : [];
    return [...new Set([...names, ...more])].sort();
  }

  #deviceNames(): readonly string[] {
    return [...deviceNodes(this.#host.sysfs).keys()].map((path) => path.split('/')[2] ?? '');
  }

  async readlink(given: string): Promise<string> {
    const path = plain(given);
    const found = this.#kernelFile(path);
    if (found?.kind === 'link') return found.target;
    if (found !== null || isInSysfs(path)) throw new FileError('EINVAL', 'Invalid argument', path);
    return this.#memory.readlink(path);
  }

  async realpath(given: string): Promise<string> {
    const path = plain(given);
    if (isInSysfs(path)) {
      const whole = this.#host.sysfs.canonical(path);
      if (whole === null) throw noSuchFile(path);
      return whole;
    }
    return this.#kernelFile(path) === null ? this.#memory.realpath(path) : path;
  }

  async writeFile(path: string, content: Content, encoding?: Encoding): Promise<void> {
    await this.#put(path, content, encoding, (target) => this.#memory.writeFile(target, content, encoding));
  }

  async appendFile(path: string, content: Content, encoding?: Encoding): Promise<void> {
    await this.#put(path, content, encoding, (target) => this.#memory.appendFile(target, content, encoding));
  }

  async #put(
    given: string,
    content: Content,
    encoding: Encoding,
    intoMemory: (path: string) => Promise<void>,
  ): Promise<void> {
    const mark = readMark(given);
    if (mark !== null && !('path' in mark)) {
      this.#show(mark, content, encoding);
      return;
    }
    const path = mark?.path ?? given;
    if (isInSysfs(path)) return this.#writeToKernel(path, textOf(content, encoding), mark?.kind === 'lines');
    if (path === '/dev/stdout' || path === '/dev/stderr') {
      const kind = path === '/dev/stdout' ? 'stdout' : 'stderr';
      this.#show({ kind, line: 0 }, content, encoding);
      return;
    }
    if (path === '/dev/null') return;
    const found = this.#kernelFile(path);
    if (found === null) return intoMemory(path);
    // Opening a device is no fault; writing to one is beyond the simulation.
    if (content.length > 0)
      this.#listener.onRefusedWrite({
        path,
        opened: true,
        words: 'Input/output error',
        refusal: {
          cause: `What is written to a simulated device is not simulated: ${path}`,
          fix: 'Leave the step out',
          lines: [],
        },
      });
  }

  #show(mark: Exclude<MarkedPath, { path: string }>, content: Content, encoding: Encoding): void {
    if (mark.kind !== 'line' && content.length > 0)
      this.#listener.onOutput(mark.kind, mark.line, bytesOf(content, encoding));
  }

  /** Each line is a write of its own where several commands write: each of them ended one. */
  async #writeToKernel(path: string, text: string, byLine: boolean): Promise<void> {
    const parts = byLine ? (text.match(/[^\n]*\n|[^\n]+$/g) ?? []) : [text];
    for (const part of parts) {
      if (part === '') continue;
      await this.#listener.beforeWrite();
      const answer = await this.#host.writeSysfs(path, part);
      if (answer.ok) continue;
      const { text: words, refusal, stage } = answer;
      this.#listener.onRefusedWrite({ path, opened: stage === 'write', words, refusal });
    }
  }

  async mkdir(path: string, options?: Parameters<IFileSystem['mkdir']>[1]): Promise<void> {
    this.#onlyInMemory(path);
    return this.#memory.mkdir(path, options);
  }

  async rm(path: string, options?: Parameters<IFileSystem['rm']>[1]): Promise<void> {
    this.#onlyInMemory(path);
    return this.#memory.rm(path, options);
  }

  async cp(source: string, target: string, options?: Parameters<IFileSystem['cp']>[2]): Promise<void> {
    if (this.#kernelFile(source) === null && this.#kernelFile(target) === null)
      return this.#memory.cp(source, target, options);
    return this.writeFile(target, await this.readFileBuffer(source));
  }

  async mv(source: string, target: string): Promise<void> {
    this.#onlyInMemory(source);
    this.#onlyInMemory(target);
    return this.#memory.mv(source, target);
  }

  getAllPaths(): string[] {
    return this.#memory.getAllPaths();
  }

  async chmod(path: string, mode: number): Promise<void> {
    if (this.#kernelFile(path) !== null) return;
    return this.#memory.chmod(path, mode);
  }

  async symlink(target: string, path: string): Promise<void> {
    this.#onlyInMemory(path);
    return this.#memory.symlink(target, path);
  }

  async link(existing: string, path: string): Promise<void> {
    this.#onlyInMemory(existing);
    this.#onlyInMemory(path);
    return this.#memory.link(existing, path);
  }

  async utimes(path: string, access: Date, modified: Date): Promise<void> {
    if (this.#kernelFile(path) !== null) return;
    return this.#memory.utimes(path, access, modified);
  }

  #onlyInMemory(path: string): void {
    if (isInSysfs(path) || this.#kernelFile(path) !== null) throw notPermitted(path);
  }
}

function isInSysfs(path: string): boolean {
  return path === '/sys' || path.startsWith('/sys/');
}

function plain(path: string): string {
  const mark = readMark(path);
  return mark !== null && 'path' in mark ? mark.path : path;
}

const modes = { folder: 0o755, link: 0o777, block: 0o1660, character: 0o2600 } as const;

function statOf(file: KernelFile, size: number): Stat {
  const mode =
    file.kind === 'file' ? (file.readable ? 0o444 : 0) | (file.writable ? 0o200 : 0) : modes[file.kind];
  return {
    isFile: file.kind === 'file',
    isDirectory: file.kind === 'folder',
    isSymbolicLink: file.kind === 'link',
    mode,
    size,
    mtime: new Date(0),
  };
}

function bytesOf(content: Content, given: Encoding): Uint8Array {
  if (typeof content !== 'string') return content;
  const encoding = typeof given === 'object' ? given.encoding : given;
  return encoding === 'binary' || encoding === 'latin1' ? bytesOfLatin1(content) : encodeText(content);
}

function textOf(content: Content, encoding: Encoding): string {
  return new TextDecoder().decode(bytesOf(content, encoding));
}

/** The library's own words for what is missing, as the kernel words it. */
function rethrow(error: unknown, path: string): never {
  if (error instanceof Error && error.message.startsWith('ENOENT')) throw noSuchFile(path);
  if (error instanceof Error && error.message.startsWith('EISDIR')) throw isDirectory(path);
  throw error;
}
