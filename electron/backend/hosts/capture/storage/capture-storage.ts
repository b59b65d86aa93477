import { opendir } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '#shared/fleet/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { LinkBounds, readFileBytes, unreadable } from '../../../files/read-file.ts';

/** The largest recorded file that makes sense is a dump of some thousand functions; anything above is foreign. */
export const largestRecordedFile = 16 * 1024 * 1024;

export interface StoredEntry {
  readonly name: string;
  readonly isFolder: boolean;
  /** A regular file; neither for links and everything else. */
  readonly isFile: boolean;
}

export interface StoredListing {
  /** In no order. */
  readonly entries: readonly StoredEntry[];
  /** False where there are more than were asked for. */
  readonly complete: boolean;
}

/**
 * Where the files of a capture are: a folder, or an archive in memory. Paths inside are relative, with `/`; `.` is the
 * capture itself.
 */
export interface CaptureStorage {
  /** The bytes of a recorded file; `isListed`: a listing had it as a regular file. Errors as `readFileBytes`. */
  read(file: string, isListed?: boolean): Promise<Result<Uint8Array>>;
  /** Up to `most` names in a folder; `not-found` when it is absent. */
  list(folder: string, most: number): Promise<Result<StoredListing>>;
}

/** What a folder or an archive holds, whatever it is. */
export interface FileTree {
  /** The last part of its path, without the extension of an archive. */
  readonly name: string;
  readonly storage: CaptureStorage;
  /** Where a symbolic link leads, as it says itself; null where there is none. Nobody follows it. */
  linkTarget(file: string): Promise<string | null>;
  /** Files of an archive that are not in `storage`, because their paths say that nobody wants them. */
  readonly passedOver: number;
  /** Whether one of those is of a sos report. */
  readonly isReport: boolean;
  /** What else of an archive is not read. */
  readonly problems: readonly Problem[];
}

/** A folder on the disk. Links that lead out of it are not followed. */
export function folderStorage(folder: string): CaptureStorage {
  const inside = new LinkBounds(folder);
  return {
    read: (file, isListed = false) =>
      readFileBytes(path.join(folder, file), {
        ...{ largest: largestRecordedFile, what: 'a recorded output', inside, listedAsFile: isListed },
      }),
    list: async (name, most) => {
      try {
        const entries: StoredEntry[] = [];
        for await (const entry of await opendir(path.join(folder, name))) {
          if (entries.length === most) return succeed({ entries, complete: false });
          entries.push({ name: entry.name, isFolder: entry.isDirectory(), isFile: entry.isFile() });
        }
        return succeed({ entries, complete: true });
      } catch (cause) {
        return unreadable(path.join(folder, name), cause);
      }
    },
  };
}

/** A folder of a storage as a storage of its own. */
export function storageInFolder(storage: CaptureStorage, folder: string): CaptureStorage {
  return {
    read: (file, isListed) => storage.read(`${folder}/${file}`, isListed),
    list: (name, most) => storage.list(name === '.' ? folder : `${folder}/${name}`, most),
  };
}

/** One snapshot without the capture around it, as a capture with this snapshot only. */
export function storageOfSnapshot(storage: CaptureStorage, snapshot: string): CaptureStorage {
  const inside = (name: string) => (name.startsWith(`${snapshot}/`) ? name.slice(snapshot.length + 1) : null);
  return {
    read: async (file, isListed) => {
      const own = inside(file);
      return own === null ? absent(file) : storage.read(own, isListed);
    },
    list: async (name, most) => {
      if (name === '.')
        return succeed({ entries: [{ name: snapshot, isFolder: true, isFile: false }], complete: true });
      if (name === snapshot) return storage.list('.', most);
      const own = inside(name);
      return own === null ? absent(name) : storage.list(own, most);
    },
  };
}

/** What is not there. */
export function absent(name: string): Result<never> {
  return fail('not-found', `${name} does not exist.`, { object: name });
}
