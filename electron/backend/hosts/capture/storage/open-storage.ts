import path from 'node:path';
import { fail, type Result, succeed } from '#shared/result.ts';
import { kindOfPath } from '../../../files/read-file.ts';
import {
  type CaptureStorage,
  folderStorage,
  type StoredEntry,
  storageOfSnapshot,
} from './capture-storage.ts';

/** What a person chose, as the storage of a capture. */
export interface OpenedStorage {
  readonly storage: CaptureStorage;
  /** Names of the folders in it that are snapshots, in no order; at least one. */
  readonly snapshots: readonly string[];
}

const fix =
  'Choose a folder that contains snapshots such as 00-boot/ with nvme-list.json, sysfs-pci.tsv and nvme0/, or one of these';

/** Names in one folder that are looked at to find snapshots. */
const mostNames = 20_000;

/** Opens a capture folder, or the folder of one snapshot. */
export async function openStorage(place: string): Promise<Result<OpenedStorage>> {
  const name = path.basename(path.resolve(place));
  const kind = await kindOfPath(place, 'a capture');
  if (!kind.ok) return kind;
  const storage = folderStorage(place);
  const found = await captureIn(storage, name);
  return found === null
    ? fail('invalid-file', `${name} does not contain a snapshot of a host`, { object: place, fix })
    : succeed(found);
}

/** A storage that is a snapshot itself, which is called `name` then, or has some; null: neither. */
async function captureIn(storage: CaptureStorage, name: string): Promise<OpenedStorage | null> {
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
