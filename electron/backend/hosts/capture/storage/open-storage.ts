import { readlink } from 'node:fs/promises';
import path from 'node:path';
import { withoutArchiveExtension } from '#shared/archive-name.ts';
import type { Problem } from '#shared/fleet/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { kindOfPath, readFilePieces } from '../../../files/read-file.ts';
import { WantedFiles } from '../../outputs/wanted-files.ts';
import {
  type CaptureStorage,
  type FileTree,
  folderStorage,
  type StoredEntry,
  storageInFolder,
  storageOfSnapshot,
} from './capture-storage.ts';
import type { KeptArchive } from './kept-archive.ts';
import { memoryStorage } from './memory-storage.ts';
import { refusePacking } from './repacking-line.ts';
import type { LeftOut, OnRead } from './unpack-archive.ts';

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
  'Choose a folder that contains snapshots such as 00-boot/ with nvme-list.json, sysfs-pci.tsv and nvme0/, one of these, a tar archive of either, or files with outputs such as that of: nvme list -v -o json';

/** Bytes of an archive as it is on the disk. */
const largestArchive = 2 * 1024 * 1024 * 1024;

/** Folders that an archive may have around a capture: `tar -czf x.tar.gz home/me/captures/host-a`. */
const deepestCapture = 8;

/** Of an archive: more would hide what matters. */
const mostLeftOut = 500;

/** Names in one folder that are looked at to find snapshots. */
const mostNames = 20_000;

/** What stands at a path where a capture may be. */
export interface OpenedPlace {
  /** The capture, or why it is none. */
  readonly capture: Result<OpenedStorage>;
  /** All of it, for outputs of tools that are not laid out as a capture. */
  readonly tree: FileTree;
}

/** How places are read. */
export interface Reading {
  /** Told how far an archive is read. */
  readonly onRead?: OnRead | undefined;
  /** The archive that was read last; left out: each is read anew. */
  readonly kept?: KeptArchive | undefined;
}

/** Opens a capture folder, the folder of one snapshot, or a tar archive of either, compressed or not. */
export async function openStorage(place: string, reading?: Reading): Promise<Result<OpenedStorage>> {
  const opened = await openPlace(place, reading);
  return opened.ok ? opened.value.capture : opened;
}

/** The same of any folder or archive, whether it has a capture or not. */
export async function openPlace(place: string, { onRead, kept }: Reading = {}): Promise<Result<OpenedPlace>> {
  const name = path.basename(path.resolve(place));
  const kind = await kindOfPath(place, 'a capture');
  if (!kind.ok) return kind;
  if (kind.value === 'file') {
    const read = () => openArchive(place, name, onRead);
    return kept === undefined ? read() : kept.of(place, read);
  }
  const storage = folderStorage(place);
  const found = await captureIn(storage, name);
  const linkTarget = (file: string) => readlink(path.join(place, file)).catch(() => null);
  return succeed({
    capture: found === null ? noCapture(place, name) : succeed({ ...found, leftOut: [] }),
    tree: { name, storage, linkTarget, passedOver: 0, isReport: false, problems: [] },
  });
}

async function openArchive(place: string, name: string, onRead?: OnRead): Promise<Result<OpenedPlace>> {
  // Loaded only when an archive is opened.
  const { unpackArchive } = await import('./unpack-archive.ts');
  const options = { largest: largestArchive, what: 'an archive' };
  const wanted = new WantedFiles();
  const unpacked = await readFilePieces(place, options, (pieces, size) =>
    unpackArchive({ pieces, size }, { wanted, onRead }),
  );
  if (!unpacked.ok) return unpacked;
  const { files, links, leftOut, passedOver, missingProgram } = unpacked.value;
  if (missingProgram !== null) return refusePacking(place, missingProgram);
  const [whole] = leftOut;
  if (files.size === 0 && whole?.about === '.')
    return fail('invalid-file', `${name} is neither a capture folder nor a tar archive`, {
      ...{ object: place, fix },
      details: [whole.reason],
    });
  // A snapshot that lies at the top has no folder of its own to be called by.
  const packedName = withoutArchiveExtension(name);
  const found = await captureBelow(memoryStorage(files), packedName);
  const storage = memoryStorage(files, [...links.keys()]);
  const linkTarget = async (file: string) => links.get(file) ?? null;
  const { isReport } = wanted;
  const notRead = [...leftOut, ...leftOutLinks(links)].slice(0, mostLeftOut);
  return succeed({
    capture: found === null ? noCapture(place, name, notRead) : succeed({ ...found, leftOut: notRead }),
    tree: {
      name: packedName,
      storage,
      linkTarget,
      passedOver,
      isReport,
      problems: leftOut.map(leftOutProblem),
    },
  });
}

function* leftOutLinks(links: ReadonlyMap<string, string>): Generator<LeftOut> {
  for (const about of links.keys())
    yield { about, reason: 'It is a symbolic link; only regular files are read' };
}

/** What is not read of an archive, as a problem. */
export function leftOutProblem({ about, reason }: LeftOut): Problem {
  const fix = 'Make the archive again, of regular files only';
  return { source: about, field: 'archive', message: reason, fix };
}

function noCapture(place: string, name: string, leftOut: readonly LeftOut[] = []): Result<never> {
  return fail('invalid-file', `${name} does not contain a snapshot of a host`, {
    ...{ object: place, fix },
    ...(leftOut.length === 0
      ? {}
      : { details: leftOut.slice(0, 10).map(({ about, reason }) => `${about}: ${reason}`) }),
  });
}

/** The capture of an archive, with folders around it or without. */
async function captureBelow(top: CaptureStorage, name: string): Promise<FoundCapture | null> {
  let [storage, own] = [top, name];
  for (let depth = 0; depth <= deepestCapture; depth++) {
    const found = await captureIn(storage, own);
    if (found !== null) return found;
    const [folder, ...others] = (await entriesOf(storage, '.')).filter(({ isFolder }) => isFolder);
    if (folder === undefined || others.length > 0) return null;
    storage = storageInFolder(storage, folder.name);
    own = folder.name;
  }
  return null;
}

/** A storage that is a snapshot itself, which is called `name` then, or has some; null: neither. */
async function captureIn(storage: CaptureStorage, name: string): Promise<FoundCapture | null> {
  const entries = await entriesOf(storage, '.');
  // What is in a snapshot may look like one too: the lists of a second nvme-cli.
  if (await isRecorded(storage, '.', entries))
    return { storage: storageOfSnapshot(storage, name), snapshots: [name] };
  const snapshots: string[] = [];
  for (const { name: folder, isFolder } of entries) {
    const inside = isFolder ? await entriesOf(storage, folder) : [];
    if (inside.some(isList) || (await isRecorded(storage, folder, inside))) snapshots.push(folder);
  }
  return snapshots.length > 0 ? { storage, snapshots } : null;
}

/** Whether a folder holds a dump of sysfs, or what was recorded of a controller. */
async function isRecorded(
  storage: CaptureStorage,
  folder: string,
  entries: readonly StoredEntry[],
): Promise<boolean> {
  if (entries.some(isDump)) return true;
  const device = entries.find(({ name, isFolder }) => isFolder && /^nvme\d+$/.test(name))?.name;
  if (device === undefined) return false;
  const inside = await entriesOf(storage, folder === '.' ? device : `${folder}/${device}`);
  // In a tree of sysfs it has this name too, and its attributes have no extension.
  return !inside.some(({ name, isFile }) => isFile && !name.includes('.'));
}

async function entriesOf(storage: CaptureStorage, folder: string): Promise<readonly StoredEntry[]> {
  const listed = await storage.list(folder, mostNames);
  return listed.ok ? listed.value.entries : [];
}

const isDump = (entry: StoredEntry) => !entry.isFolder && /^sysfs-(pci|nvme)\.tsv$/.test(entry.name);
const isList = (entry: StoredEntry) => !entry.isFolder && /^nvme-list.*\.json$/.test(entry.name);
