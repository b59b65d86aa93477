import path from 'node:path';
import { withoutArchiveExtension } from '#shared/archive-name.ts';
import type { Problem } from '#shared/fleet/schema.ts';
import {
  decodeIdentifyController,
  type IdentifyController,
} from '#shared/nvme/layouts/identify/identify-controller.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { HostVirtualMachine } from '../host-connection.ts';
import { readRecordedMachines } from '../outputs/recorded-machines.ts';
import { type CapturedController, readSnapshot } from './snapshot.ts';
import { SnapshotFiles } from './snapshot-files.ts';
import type { CaptureStorage } from './storage/capture-storage.ts';
import { leftOutProblem, type OpenedStorage, openStorage, type Reading } from './storage/open-storage.ts';
import { supplementSnapshot } from './supplement.ts';

/** A recorded host: one snapshot of a capture, checked, with everything that could not be read listed. */
export interface Capture {
  /** Full path of the folder or archive, or how people call where it comes from. */
  readonly place: string;
  /** Its files. */
  readonly storage: CaptureStorage;
  /** The last part of the path, without the extension of an archive, by which people know the capture. */
  readonly name: string;
  /** All its snapshots, in name order. */
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

/**
 * The names of the snapshots of a capture, by its listing alone: no recorded file is read. Refused when there is none.
 */
export async function listSnapshots(
  place: string,
  reading?: Reading,
): Promise<Result<{ readonly snapshots: string[]; readonly problems: Problem[] }>> {
  const opened = await openStorage(place, reading);
  if (!opened.ok) return opened;
  const files = filesOf(opened.value);
  return succeed({ snapshots: await inOrder(files, opened.value), problems: files.problems });
}

/**
 * Opens a capture at one of its snapshots, the first one by default. Damaged or missing files become problems and the
 * rest is shown; only what has no snapshot is refused.
 *
 * @param place a capture folder, the folder of one snapshot, or a tar archive of either
 */
export async function openCapture(place: string, snapshot?: string): Promise<Result<Capture>> {
  const opened = await openStorage(place);
  return opened.ok ? openCaptureOf(opened.value, place, snapshot) : opened;
}

/** The same where it was looked into the place already. */
export async function openCaptureOf(
  opened: OpenedStorage,
  place: string,
  snapshot?: string,
): Promise<Result<Capture>> {
  const name = withoutArchiveExtension(path.basename(path.resolve(place)));
  return openStoredCapture(opened, { name, place: path.resolve(place) }, snapshot);
}

/** The same of files that are laid out as in a capture folder, wherever they are. */
export async function openStoredCapture(
  opened: OpenedStorage,
  { name, place }: Pick<Capture, 'name' | 'place'>,
  snapshot?: string,
): Promise<Result<Capture>> {
  const { storage } = opened;
  const files = filesOf(opened);
  const snapshots = await inOrder(files, opened);
  const chosen = snapshot ?? snapshots[0];
  if (chosen === undefined || !snapshots.includes(chosen))
    return fail('not-found', `${name} has no snapshot ${chosen}`, {
      object: place,
      field: 'snapshot',
      fix: `Choose one of: ${snapshots.join(', ')}`,
    });

  await noteMissing(files);
  const read = await readSnapshot(files, chosen);
  if (read.controllers.length === 0)
    files.problem(chosen, 'No NVMe controller could be read from this snapshot', {
      fix: 'Choose another snapshot, or record the capture again',
    });
  const supplemented = await supplementSnapshot(files, read, snapshots);
  return succeed({
    place,
    storage,
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

/** The files, with what is not read of an archive as problems. */
function filesOf({ storage, leftOut }: OpenedStorage): SnapshotFiles {
  const files = new SnapshotFiles(storage);
  for (const one of leftOut) {
    const { source, message, ...about } = leftOutProblem(one);
    files.problem(source, message, about);
  }
  return files;
}

async function inOrder(files: SnapshotFiles, { snapshots }: OpenedStorage): Promise<string[]> {
  const entries = await files.list('.');
  return entries.filter(({ name }) => snapshots.includes(name)).map(({ name }) => name);
}

/** Lines of `missing.tsv`: what the recorder could not record, with its reason, instead of its absence. */
const mostMissing = 500;

async function noteMissing(files: SnapshotFiles): Promise<void> {
  const text = (await files.text('missing.tsv')) ?? '';
  for (const line of text
    .slice(0, mostMissing * 1000)
    .split('\n')
    .slice(1, mostMissing)) {
    const [kind, about, what, fix] = line.split('\t');
    if (kind === 'missing' && about && what) files.problem(about, what, fix ? { fix } : {});
  }
}

/** Characters of what `uname -a` prints, as far as they matter. */
const longestRelease = 1000;

// `Linux lab 6.1.0-56-amd64 #1 SMP …`: the release is the third word.
async function kernelRelease(files: SnapshotFiles): Promise<string> {
  const text = await files.text('versions/uname.txt');
  return text === null ? '' : (text.slice(0, longestRelease).split(/\s+/)[2] ?? '');
}

/** What was recorded of a controller does not change, and a twin asks for it a dozen times. */
const identities = new WeakMap<CapturedController, IdentifyController | null>();

/** Identify Controller of a controller, decoded; null when it was not recorded. */
export function capturedIdentify(controller: CapturedController): IdentifyController | null {
  const known = identities.get(controller);
  if (known !== undefined) return known;
  const answer = controller.record?.identify;
  const decoded = answer?.kind === 'value' ? decodeIdentifyController(answer.value) : null;
  const identity = decoded?.ok ? decoded.value : null;
  identities.set(controller, identity);
  return identity;
}

/** CNTLID as the controller said itself, else as sysfs has it; null when neither was recorded. */
export function capturedCntlid(controller: CapturedController): number | null {
  return capturedIdentify(controller)?.cntlid ?? controller.device?.cntlid ?? null;
}
