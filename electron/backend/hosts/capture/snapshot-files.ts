import path from 'node:path';
import { shorten } from '#shared/bounds/shorten.ts';
import type { Problem } from '#shared/fleet/schema.ts';
import { decodeText } from '../../files/decode-text.ts';
import { inTurns } from '../../in-turns.ts';
import type { CaptureStorage } from './storage/capture-storage.ts';

/** Of all files of a capture together: some thousand controllers with everything that they answer take a tenth. */
const largestCapture = 512 * 1024 * 1024;
/** Names in one folder. */
const mostEntries = 20_000;
/** More would hide the ones that matter. */
const mostProblems = 500;
/** Bytes of a file that is kept for a second look; every answer of a controller is smaller. */
const largestKept = 64 * 1024;

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** What all parts of one capture share. */
interface Shared {
  bytesRead: number;
  /** Small files that were read, and folders that were listed: an opening asks for most of them several times. */
  readonly files: Map<string, Promise<Uint8Array | null>>;
  readonly folders: Map<string, Promise<Listing>>;
}

interface Listing {
  readonly entries: readonly Entry[];
  /**
   * Every name in the folder and whether it is a regular file, so that a file without one need not be looked for; null
   * where that is not known.
   */
  readonly names: ReadonlyMap<string, boolean> | null;
}

/** Something that nobody recorded. */
interface NotRecorded {
  /** The file of the capture that would hold it, or the object that it is about. */
  readonly source: string;
  readonly field?: string | undefined;
  /** What is not known, to end a sentence with: `the namespaces of nvme0`. */
  readonly what: string;
  /** The command that would tell, to be run on the host. */
  readonly tellBy: string;
}

/**
 * Reads the files of one capture and keeps what could not be read as problems. A file that does not exist is no problem
 * by itself: who needs it says so (`notRecorded`). It looks at the capture as it was at the first look, so it serves one
 * opening and no longer.
 */
export class SnapshotFiles {
  readonly problems: Problem[] = [];
  private readonly storage: CaptureStorage;
  private readonly shared: Shared;

  constructor(storage: CaptureStorage, shared?: Shared) {
    this.storage = storage;
    this.shared = shared ?? { bytesRead: 0, files: new Map(), folders: new Map() };
  }

  /** The same capture with problems of its own, for a part that is read beside others; `take` adds them. */
  part(): SnapshotFiles {
    return new SnapshotFiles(this.storage, this.shared);
  }

  /** Adds the problems of a part, so that their order does not depend on which part was read first. */
  take(part: SnapshotFiles): void {
    for (const { source, message, ...about } of part.problems) this.problem(source, message, about);
  }

  /** Notes that something was not recorded, with the command that would tell. */
  notRecorded(gap: NotRecorded): void {
    const { source, field, what, tellBy } = gap;
    this.problem(source, `Not recorded: ${what}`, { field, fix: `Run on the host: ${tellBy}`, tellBy });
  }

  /** Notes a problem; the same file and field are told once. */
  problem(
    source: string,
    message: string,
    about: { field?: string | undefined; fix?: string | undefined; tellBy?: string | undefined } = {},
  ): void {
    if (this.problems.length > mostProblems) return;
    if (this.problems.some((known) => known.source === source && known.field === about.field)) return;
    if (this.problems.length === mostProblems)
      this.problems.push({ source: '.', message: `Only the first ${mostProblems} problems are listed` });
    else this.problems.push({ source, message: shorten(message, 500), ...about });
  }

  /** The bytes of a file given by its path inside the capture; null when it is absent or unreadable. */
  async bytes(file: string): Promise<Uint8Array | null> {
    const { files } = this.shared;
    const known = files.get(file);
    if (known !== undefined) return known;
    const { names } = await this.listing(path.dirname(file));
    const isFile = names?.get(path.basename(file));
    if (names !== null && isFile === undefined) return null;
    const reading = this.read(file, isFile === true);
    files.set(file, reading);
    const bytes = await reading;
    if (bytes !== null && bytes.length > largestKept) files.delete(file);
    return bytes;
  }

  private async read(file: string, listedAsFile: boolean): Promise<Uint8Array | null> {
    const { shared } = this;
    if (shared.bytesRead > largestCapture) {
      this.problem('.', `The capture has more than ${largestCapture} bytes; the rest is not read`, {
        field: 'length',
        fix: 'Remove files that do not belong to the capture',
      });
      return null;
    }
    const read = await this.storage.read(file, listedAsFile);
    if (read.ok) {
      shared.bytesRead += read.value.length;
      return read.value;
    }
    const { code, message, field, fix } = read.error;
    if (code !== 'not-found')
      this.problem(file, message, {
        ...(field === undefined ? {} : { field: 'length' }),
        fix:
          code === 'invalid-file'
            ? 'Remove what does not belong to the capture, or record it again'
            : (fix ?? ''),
      });
    return null;
  }

  async text(file: string): Promise<string | null> {
    const bytes = await this.bytes(file);
    return bytes === null ? null : inTurns(decodeText(bytes));
  }

  /** Names inside a folder of the capture, in natural order (nvme2 before nvme10); empty when it is absent. */
  async list(folder: string): Promise<readonly Entry[]> {
    return (await this.listing(folder)).entries;
  }

  private listing(folder: string): Promise<Listing> {
    const { folders } = this.shared;
    const listing = folders.get(folder) ?? this.readListing(folder);
    folders.set(folder, listing);
    return listing;
  }

  private async readListing(folder: string): Promise<Listing> {
    const listed = await this.storage.list(folder, mostEntries);
    if (!listed.ok) {
      if (listed.error.code === 'not-found') return { entries: [], names: new Map() };
      this.problem(folder, `The folder cannot be read: ${listed.error.message}`);
      return { entries: [], names: null };
    }
    const { entries, complete } = listed.value;
    if (!complete)
      this.problem(folder, `The folder has more than ${mostEntries} entries; the rest is not read`, {
        field: 'entries',
        fix: 'Remove what does not belong to the capture',
      });
    const names = new Map(entries.map(({ name, isFile }) => [name, isFile]));
    return {
      entries: entries.toSorted((a, b) => naturalOrder.compare(a.name, b.name)),
      names: complete ? names : null,
    };
  }
}

/** nvme2 before nvme10; making it anew for each comparison would cost more than all the rest. */
const naturalOrder = new Intl.Collator('en', { numeric: true });
