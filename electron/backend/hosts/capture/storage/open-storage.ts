import path from 'node:path';
import { withoutArchiveExtension } from '#shared/archive-name.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { kindOfPath, readFileBytes } from '../../../files/read-file.ts';
import {
  type CaptureStorage,
  folderStorage,
  type StoredEntry,
  storageInFolder,
  storageOfSnapshot,
} from './capture-storage.ts';
import { memoryStorage } from './memory-storage.ts';
import type { LeftOut } from './unpack-archive.ts';

/** What a person chose, as the storage of a capture. */
export interface OpenedStorage {
  readonly storage: CaptureStorage;
  /** Names of the folders in it that are snapshots, in no order; at least one. */
  readonly snapshots: readonly string[];
  /** Of an archive: what is not read of it. */
  readonly leftOut: readonly LeftOut[];
}

type FoundCapture = Omit<OpenedStorage, 'leftOut'>;

const fix =
  'Choose a folder that contains snapshots such as 00-boot/ with nvme-list.json, sysfs-pci.tsv and nvme0/, one of these, or a tar archive of either';

/** Bytes of an archive as it is on the disk. */
const largestArchive = 256 * 1024 * 1024;

/** Folders that an archive may have around a capture: `tar -czf x.tar.gz home/me/captures/host-a`. */
const deepestCapture = 8;

/** Names in one folder that are looked at to find snapshots. */
const mostNames = 20_000;

/** Opens a capture folder, the folder of one snapshot, or a tar archive of either, compressed by gzip or not. */
export async function openStorage(place: string): Promise<Result<OpenedStorage>> {
  const name = path.basename(path.resolve(place));
  const kind = await kindOfPath(place, 'a capture');
  if (!kind.ok) return kind;
  if (kind.value === 'file') return openArchive(place, name);
  const found = await captureIn(folderStorage(place), name);
  return found === null
    ? fail('invalid-file', `${name} does not contain a snapshot of a host`, { object: place, fix })
    : succeed({ ...found, leftOut: [] });
}

async function openArchive(place: string, name: string): Promise<Result<OpenedStorage>> {
  const packed = await readFileBytes(place, { largest: largestArchive, what: 'an archive of a capture' });
  if (!packed.ok) return packed;
  // Loaded only when an archive is opened.
  const { unpackArchive } = await import('./unpack-archive.ts');
  const { files, leftOut } = await unpackArchive(packed.value);
  const [whole] = leftOut;
  if (files.size === 0 && whole?.about === '.')
    return fail('invalid-file', `${name} is neither a capture folder nor a tar archive`, {
      ...{ object: place, fix },
      details: [whole.reason],
    });
  let storage: CaptureStorage = memoryStorage(files);
  // A snapshot that lies at the top has no folder of its own to be called by.
  let own = withoutArchiveExtension(name);
  for (let depth = 0; depth <= deepestCapture; depth++) {
    const found = await captureIn(storage, own);
    if (found !== null) return succeed({ ...found, leftOut });
    const [folder, ...others] = await foldersIn(storage);
    if (folder === undefined || others.length > 0) break;
    storage = storageInFolder(storage, folder);
    own = folder;
  }
  return fail('invalid-file', `${name} does not contain a snapshot of a host`, {
    object: place,
    fix: `${fix}. To open outputs of tools, unpack the archive and open its folder`,
    details: leftOut.slice(0, 10).map(({ about, reason }) => `${about}: ${reason}`),
  });
}

/** A storage that is a snapshot itself, which is called `name` then, or has some; null: neither. */
async function captureIn(storage: CaptureStorage, name: string): Promise<FoundCapture | null> {
  // What is in a snapshot may look like one too: the lists of a second nvme-cli.
  if (await holds(storage, '.', controllerOrDump))
    return { storage: storageOfSnapshot(storage, name), snapshots: [name] };
  const snapshots: string[] = [];
  for (const folder of await foldersIn(storage))
    if ((await holds(storage, folder, controllerOrDump)) || (await holds(storage, folder, list)))
      snapshots.push(folder);
  return snapshots.length > 0 ? { storage, snapshots } : null;
}

async function foldersIn(storage: CaptureStorage): Promise<readonly string[]> {
  const listed = await storage.list('.', mostNames);
  const entries = listed.ok ? listed.value.entries : [];
  return entries.filter(({ isFolder }) => isFolder).map(({ name }) => name);
}

const controllerOrDump = (entry: StoredEntry) =>
  entry.isFolder ? /^nvme\d+$/.test(entry.name) : /^sysfs-(pci|nvme)\.tsv$/.test(entry.name);
const list = (entry: StoredEntry) => !entry.isFolder && /^nvme-list.*\.json$/.test(entry.name);

async function holds(
  storage: CaptureStorage,
  folder: string,
  wanted: (entry: StoredEntry) => boolean,
): Promise<boolean> {
  const listed = await storage.list(folder, mostNames);
  return listed.ok && listed.value.entries.some(wanted);
}
