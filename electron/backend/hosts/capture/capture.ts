import path from 'node:path';
import type { Problem } from '#shared/fleet/schema.ts';
import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { HostVirtualMachine } from '../host-connection.ts';
import { readRecordedMachines } from '../outputs/recorded-machines.ts';
import { type CapturedController, readSnapshot } from './snapshot.ts';
import { SnapshotFiles } from './snapshot-files.ts';
import { type CaptureStorage, folderStorage } from './storage/capture-storage.ts';
import { supplementSnapshot } from './supplement.ts';

/** A recorded host: one snapshot of a capture folder, checked, with everything that could not be read listed. */
export interface Capture {
  /** Full path of the folder, or how people call where it comes from. */
  readonly folder: string;
  /** The folder's own name, by which people know the capture. */
  readonly name: string;
  /** All snapshots in the folder, in name order. */
  readonly snapshots: readonly string[];
  /** The one that this capture shows. */
  readonly snapshot: string;
  /** Kernel release from `versions/uname.txt`; empty when it was not recorded. */
  readonly kernel: string;
  readonly controllers: readonly CapturedController[];
  /** N of `nvme-subsysN` by NQN. */
  readonly subsystemNumbers: ReadonlyMap<string, number>;
  /** Identify Namespace (CNS 00h) of namespaces, by `<subsystem NQN>#<NSID>`. */
  readonly namespaceIdentities: ReadonlyMap<string, Uint8Array>;
  /** Virtual machines that it recorded. */
  readonly machines: readonly HostVirtualMachine[];
  readonly problems: readonly Problem[];
}

const folderFix =
  'Choose a folder that contains snapshots such as 00-boot/ with nvme-list.json, sysfs-pci.tsv and nvme0/';

/**
 * The names of the snapshots of a capture folder, by its listing alone: no recorded file is read. Refused when there is
 * none.
 */
export async function listSnapshots(
  folder: string,
): Promise<Result<{ readonly snapshots: string[]; readonly problems: Problem[] }>> {
  const files = new SnapshotFiles(folderStorage(folder));
  const snapshots = await snapshotNames(files, folder);
  return snapshots.ok ? succeed({ snapshots: snapshots.value, problems: files.problems }) : snapshots;
}

/**
 * Opens a capture folder at one of its snapshots, the first one by default. Damaged or missing files become problems
 * and the rest is shown; only a folder without any snapshot is refused.
 */
export async function openCapture(folder: string, snapshot?: string): Promise<Result<Capture>> {
  const place = { name: nameOf(folder), folder: path.resolve(folder) };
  return openStoredCapture(folderStorage(folder), place, snapshot);
}

/** The same of files that are laid out as in a capture folder, wherever they are. */
export async function openStoredCapture(
  storage: CaptureStorage,
  { name, folder }: Pick<Capture, 'name' | 'folder'>,
  snapshot?: string,
): Promise<Result<Capture>> {
  const files = new SnapshotFiles(storage);
  const listed = await snapshotNames(files, folder);
  if (!listed.ok) return listed;
  const snapshots = listed.value;
  const chosen = snapshot ?? snapshots[0];
  if (chosen === undefined || !snapshots.includes(chosen))
    return fail('not-found', `${name} has no snapshot ${chosen}`, {
      object: folder,
      field: 'snapshot',
      fix: `Choose one of: ${snapshots.join(', ')}`,
    });

  const read = await readSnapshot(files, chosen);
  if (read.controllers.length === 0)
    files.problem(chosen, 'No NVMe controller could be read from this snapshot', {
      fix: 'Choose another snapshot, or record the capture again',
    });
  const supplemented = await supplementSnapshot(files, read, snapshots);
  return succeed({
    folder,
    name,
    snapshots,
    snapshot: chosen,
    kernel: await kernelRelease(files),
    ...supplemented,
    subsystemNumbers: read.subsystemNumbers,
    machines: await readRecordedMachines(files, chosen),
    problems: files.problems,
  });
}

/** The folder's own name, by which people know the capture. */
function nameOf(folder: string): string {
  return path.basename(path.resolve(folder));
}

/** In name order; at least one. */
async function snapshotNames(files: SnapshotFiles, folder: string): Promise<Result<string[]>> {
  const entries = await files.list('.');
  if (entries.length === 0)
    return fail('not-found', `${folder} is not a folder, or it is empty`, { object: folder, fix: folderFix });
  const snapshots: string[] = [];
  for (const entry of entries)
    if (entry.isFolder && (await isSnapshot(files, entry.name))) snapshots.push(entry.name);
  if (snapshots.length > 0) return succeed(snapshots);
  return fail('invalid-file', `${nameOf(folder)} does not contain a snapshot of a host`, {
    object: folder,
    fix: folderFix,
  });
}

async function isSnapshot(files: SnapshotFiles, folder: string): Promise<boolean> {
  const entries = await files.list(folder);
  return entries.some((entry) =>
    entry.isFolder
      ? /^nvme\d+$/.test(entry.name)
      : /^(nvme-list.*\.json|sysfs-(pci|nvme)\.tsv)$/.test(entry.name),
  );
}

/** Characters of what `uname -a` prints, as far as they matter. */
const longestRelease = 1000;

// `Linux lab 6.1.0-56-amd64 #1 SMP …`: the release is the third word.
async function kernelRelease(files: SnapshotFiles): Promise<string> {
  const text = await files.text('versions/uname.txt');
  return text === null ? '' : (text.slice(0, longestRelease).split(/\s+/)[2] ?? '');
}

/** Identify Controller of a controller, decoded; null when it was not recorded. */
export function capturedIdentify(controller: CapturedController) {
  const answer = controller.record?.identify;
  if (answer?.kind !== 'value') return null;
  const decoded = decodeIdentifyController(answer.value);
  return decoded.ok ? decoded.value : null;
}
