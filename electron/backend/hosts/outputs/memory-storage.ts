import path from 'node:path';
import { succeed } from '#shared/result.ts';
import { absent, type CaptureStorage, type StoredEntry } from '../capture/storage/capture-storage.ts';

/** Files of a capture that are in memory only, by their path. */
export function memoryStorage(files: ReadonlyMap<string, string>): CaptureStorage {
  const folders = new Map<string, Map<string, StoredEntry>>();
  const add = (file: string, isFile: boolean): void => {
    const folder = path.posix.dirname(file);
    const known = folders.get(folder);
    const entries = known ?? new Map<string, StoredEntry>();
    const name = path.posix.basename(file);
    entries.set(name, { name, isFolder: !isFile, isFile });
    if (known !== undefined) return;
    folders.set(folder, entries);
    if (folder !== '.') add(folder, false);
  };
  for (const file of files.keys()) add(file, true);
  return {
    read: async (file) => {
      const text = files.get(file);
      return text === undefined ? absent(file) : succeed(new TextEncoder().encode(text));
    },
    list: async (folder, most) => {
      const entries = folders.get(folder);
      if (entries === undefined) return absent(folder);
      return succeed({ entries: [...entries.values()].slice(0, most), complete: entries.size <= most });
    },
  };
}
