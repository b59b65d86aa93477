import { succeed } from '#shared/result.ts';
import { absent, type CaptureStorage, type StoredEntry } from './capture-storage.ts';

/** Files in memory, by their path, as a storage; folders are those that files are in. `links`: listed, but not read. */
export function memoryStorage(
  files: ReadonlyMap<string, Uint8Array | string>,
  links: readonly string[] = [],
): CaptureStorage {
  const folders = new Map<string, Map<string, StoredEntry>>([['.', new Map()]]);
  for (const file of [...links, ...files.keys()]) {
    let folder = '.';
    const names = file.split('/');
    for (const [index, name] of names.entries()) {
      const isFolder = index < names.length - 1;
      const entries = folders.get(folder);
      // A name that is a file and a folder in one archive is a folder.
      if (entries !== undefined && !entries.get(name)?.isFolder)
        entries.set(name, { name, isFolder, isFile: !isFolder && files.has(file) });
      folder = folder === '.' ? name : `${folder}/${name}`;
      if (isFolder && !folders.has(folder)) folders.set(folder, new Map());
    }
  }
  return {
    read: async (file) => {
      const content = files.get(file);
      if (content === undefined) return absent(file);
      return succeed(typeof content === 'string' ? new TextEncoder().encode(content) : content);
    },
    list: async (folder, most) => {
      const entries = folders.get(folder);
      if (entries === undefined) return absent(folder);
      return succeed({ entries: [...entries.values()].slice(0, most), complete: entries.size <= most });
    },
  };
}
