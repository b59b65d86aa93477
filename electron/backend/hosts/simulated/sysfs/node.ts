import type { SimulatedKernelAnswer } from '../host/errno.ts';

/** Takes what is written into a file, with its line end. */
export type WriteText = (text: string) => SimulatedKernelAnswer;

/** What stands at a path of the simulated sysfs. Nothing is stored: each look makes it from the kernel's state. */
export type SysfsNode =
  | {
      readonly kind: 'folder';
      /** Names of what is in it. */
      names(): Iterable<string>;
      child(name: string): SysfsNode | undefined;
    }
  | {
      readonly kind: 'link';
      /** As it is written, relative to its folder. */
      readonly target: string;
    }
  | {
      readonly kind: 'file';
      /** Its text without the line end; null where it can only be written. */
      readonly read: (() => string) | null;
      /** Null where it can only be read. */
      readonly write: WriteText | null;
    }
  /** A file or folder that Linux has there and the simulation has not. */
  | { readonly kind: 'not-simulated' };

export type SysfsFolder = Extract<SysfsNode, { kind: 'folder' }>;

/** A folder with few things in it, each made when it is looked at; what is undefined is not there. */
export function folder(things: Readonly<Record<string, (() => SysfsNode) | undefined>>): SysfsFolder {
  return {
    kind: 'folder',
    *names() {
      for (const [name, make] of Object.entries(things))
        if (make !== undefined && make().kind !== 'not-simulated') yield name;
    },
    child: (name) => (Object.hasOwn(things, name) ? things[name]?.() : undefined),
  };
}

/** A folder that finds what is in it by name, for those with thousands. */
export function folderOf(
  names: () => Iterable<string>,
  child: (name: string) => SysfsNode | undefined,
): SysfsFolder {
  return { kind: 'folder', names, child };
}

export function link(target: string): SysfsNode {
  return { kind: 'link', target };
}

export function readable(read: () => string): SysfsNode {
  return { kind: 'file', read, write: null };
}

export function writable(write: WriteText, read: (() => string) | null = null): SysfsNode {
  return { kind: 'file', read, write };
}

const missing: SysfsNode = { kind: 'not-simulated' };

/** Entries for files that Linux has in a folder and the simulation has not. */
export function notSimulated(names: readonly string[]): Readonly<Record<string, () => SysfsNode>> {
  return Object.fromEntries(names.map((name) => [name, () => missing]));
}
