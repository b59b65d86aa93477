import type { Refusal } from '../../refusal.ts';
import {
  type Errno,
  errnoText,
  kernelError,
  kernelSuccess,
  type SimulatedKernelAnswer,
} from '../host/errno.ts';
import type { SimulatedKernel } from '../host/kernel.ts';
import { missingFile } from '../host/missing-object.ts';
import type { SysfsNode, WriteText } from './node.ts';
import { systemFolder } from './system.ts';

/** What reading a file of sysfs answers. */
export type SysfsText =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly errno: Errno;
      /** As `strerror` words it. */
      readonly error: string;
      readonly refusal: Refusal;
    };

/** What stands at a path. */
export type SysfsKind =
  | { readonly kind: 'folder' }
  | { readonly kind: 'file'; readonly readable: boolean; readonly writable: boolean };

interface Found {
  readonly node: SysfsNode;
  /** The folder in which it stands exists, so that a file is missing and not its folder. */
  readonly parent: boolean;
  /** Without links on the way. */
  readonly path: string;
}

type Missing = { readonly node: undefined; readonly parent: boolean; readonly path: string };

/** As many links as Linux follows in one path. */
const mostLinks = 40;

/** The files below `/sys` of a simulated host. Paths are absolute and go through links as in Linux. */
export class SimulatedSysfs {
  readonly #kernel: SimulatedKernel;

  constructor(kernel: SimulatedKernel) {
    this.#kernel = kernel;
  }

  /** The text of a file with its line end, as `cat` prints it. */
  read(path: string): SysfsText {
    const { node } = this.#find(path, true);
    if (node === undefined) return unread('ENOENT', missingFile(this.#kernel, path));
    switch (node.kind) {
      case 'file':
        return node.read === null
          ? unread('EACCES', onlyWritten(path))
          : { ok: true, text: `${node.read()}\n` };
      case 'folder':
        return unread('EISDIR', isFolder(path));
      case 'link':
        return unread('ENOENT', missingFile(this.#kernel, path));
      case 'not-simulated':
        return unread('ENOSYS', notSimulatedHere(path));
    }
  }

  /** Where a link leads, as it is written; null for what is not a link. */
  readLink(path: string): string | null {
    const { node } = this.#find(path, false);
    return node?.kind === 'link' ? node.target : null;
  }

  /** The path without links, dots and doubled slashes; null where there is nothing. */
  canonical(path: string): string | null {
    const found = this.#find(path, true);
    return found.node === undefined ? null : found.path;
  }

  /** What is there, a link followed to where it leads; null where there is nothing. */
  kindOf(path: string): SysfsKind | null {
    const { node } = this.#find(path, true);
    switch (node?.kind) {
      case undefined:
      case 'link':
        return null;
      case 'file':
        return { kind: 'file', readable: node.read !== null, writable: node.write !== null };
      case 'folder':
        return { kind: 'folder' };
      case 'not-simulated':
        // Linux has it, and most of what it has there can be read.
        return { kind: 'file', readable: true, writable: false };
    }
  }

  /** Names of what is in a folder, in the order of the alphabet; null for what is not a folder. */
  list(path: string): readonly string[] | null {
    const { node } = this.#find(path, true);
    return node?.kind === 'folder' ? [...node.names()].sort() : null;
  }

  /** Whether a file can be opened to write into it. */
  open(path: string): SimulatedKernelAnswer {
    const opened = this.#open(path);
    return typeof opened === 'function' ? kernelSuccess : opened;
  }

  /** Writes a text, with its line end if it has one, into a file that is there. */
  write(path: string, text: string): SimulatedKernelAnswer {
    const opened = this.#open(path);
    return typeof opened === 'function' ? opened(text) : opened;
  }

  /** What takes the text that is written into a file, or why nothing can be written there. */
  #open(path: string): WriteText | SimulatedKernelAnswer {
    const { node, parent } = this.#find(path, true);
    if (node === undefined || node.kind === 'link')
      return parent
        ? // Nobody can create a file in sysfs, not even root.
          kernelError('EACCES', missingFile(this.#kernel, path), 'open')
        : kernelError('ENOENT', missingFile(this.#kernel, path), 'open');
    if (node.kind === 'folder') return kernelError('EISDIR', isFolder(path), 'open');
    if (node.kind === 'not-simulated') return kernelError('ENOSYS', notSimulatedHere(path), 'open');
    if (node.write !== null) return node.write;
    const cause = `${path} can only be read`;
    return kernelError('EACCES', { cause, fix: `Read it: cat ${path}` }, 'open');
  }

  /** Goes the path from the root; `follow` also follows a link at its end. */
  #find(path: string, follow: boolean): Found | Missing {
    this.#kernel.settle();
    const left = path.split('/').filter((part) => part !== '' && part !== '.');
    if (!path.startsWith('/') || left.shift() !== 'sys') return { node: undefined, parent: false, path };
    const way: { readonly name: string; readonly node: SysfsNode }[] = [];
    const root = systemFolder(this.#kernel);
    const here = () => `/${['sys', ...way.map(({ name }) => name)].join('/')}`;
    for (let links = 0; ; ) {
      const name = left.shift();
      if (name === undefined) return { node: way.at(-1)?.node ?? root, parent: true, path: here() };
      if (name === '..') {
        way.pop();
        continue;
      }
      const at = way.at(-1)?.node ?? root;
      // What is not simulated may have anything in it.
      if (at.kind === 'not-simulated') return { node: at, parent: true, path: here() };
      const node = at.kind === 'folder' ? at.child(name) : undefined;
      if (node === undefined)
        return { node, parent: at.kind === 'folder' && left.length === 0, path: `${here()}/${name}` };
      if (node.kind === 'link' && (follow || left.length > 0) && links < mostLinks) {
        links += 1;
        left.unshift(...node.target.split('/'));
        continue;
      }
      way.push({ name, node });
    }
  }
}

function unread(errno: Errno, refusal: Refusal): SysfsText {
  return { ok: false, errno, error: errnoText(errno), refusal };
}

function isFolder(path: string): Refusal {
  return { cause: `${path} is a folder`, fix: `Name a file in it: ls ${path}`, lines: [] };
}

function notSimulatedHere(path: string): Refusal {
  return { cause: `${path} is not simulated`, fix: 'Use what docs/cli.md lists', lines: [] };
}

function onlyWritten(path: string): Refusal {
  return { cause: `${path} can only be written to`, fix: `Write to it: echo VALUE > ${path}`, lines: [] };
}
