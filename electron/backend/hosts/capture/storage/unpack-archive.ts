import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import { giveWay } from '../../../event-loop.ts';
import { ArchiveFault, MissingProgram } from './archive-fault.ts';
import { archivePath, longestPath } from './archive-path.ts';
import { largestRecordedFile } from './capture-storage.ts';
import { bytesOfPiece, tarPieces } from './tar-pieces.ts';
import type { UnpackingProgram } from './unpacking-program.ts';

/** What an archive may cost, whatever it says of itself. */
export interface ArchiveBounds {
  /** Bytes that come out of the compression, used or not. */
  readonly unpacked: number;
  /** Bytes of all files that are kept. */
  readonly kept: number;
  /** Bytes of one file that is kept. */
  readonly file: number;
  readonly entries: number;
  /** Unpacked bytes for each packed one, beyond `ratioFrom` unpacked bytes. */
  readonly ratio: number;
  readonly ratioFrom: number;
  /** Bytes without an entry: long names and attributes, which the parser takes in one piece. */
  readonly attributes: number;
}

/**
 * Several times what a host with thousands of functions takes, and the logs of a sos report, which are passed over;
 * attributes are some milliseconds of work.
 */
export const archiveBounds: ArchiveBounds = {
  unpacked: 8 * 1024 * 1024 * 1024,
  kept: 256 * 1024 * 1024,
  file: largestRecordedFile,
  entries: 500_000,
  ratio: 250,
  ratioFrom: 64 * 1024 * 1024,
  attributes: 256 * 1024,
};

/** What was left out of an archive, and why. */
export interface LeftOut {
  /** Path in the archive; `.` for the rest of it. */
  readonly about: string;
  readonly reason: string;
}

export interface UnpackedArchive {
  /** Regular files by their path: relative, with `/`, without `.` and `..`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Where its symbolic links lead, as they say themselves, by their path. Nobody follows them. */
  readonly links: ReadonlyMap<string, string>;
  /** The first ones; more would hide what matters. */
  readonly leftOut: readonly LeftOut[];
  /** Files and links that nobody wanted. */
  readonly passedOver: number;
  /** The program of the system that would unpack it, where that is not installed; nothing is read then. */
  readonly missingProgram: UnpackingProgram | null;
}

/** An archive as it comes. */
export interface PackedArchive {
  /** Bytes of all pieces. */
  readonly size: number;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** What of an archive is wanted, by path. What it has seen may make it want less than before: it is asked again then. */
export interface WantedEntries {
  wants(path: string): boolean;
  /** How often it began to want less. */
  readonly narrowed: number;
}

/** Told the packed bytes of an archive that were read, of how many. */
export type OnRead = (read: number, size: number) => void;

export interface UnpackOptions {
  readonly bounds?: ArchiveBounds;
  /** Left out: everything. */
  readonly wanted?: WantedEntries;
  readonly onRead?: OnRead | undefined;
}

const mostLeftOut = 500;

const everything: WantedEntries = { wants: () => true, narrowed: 0 };

/**
 * Unpacks a tar archive, compressed by gzip, xz or bzip2 or not at all, in memory: nothing is written to the disk, and what is not wanted is
 * passed over as it comes. Only regular files with a path inside are kept; links, devices and everything else are left out
 * and listed (links with where they lead), and so is the rest of an archive that is damaged or goes beyond the bounds.
 */
export async function unpackArchive(
  { size: packedSize, pieces }: PackedArchive,
  { bounds = archiveBounds, wanted = everything, onRead }: UnpackOptions = {},
): Promise<UnpackedArchive> {
  const contents = new WantedContents(bounds, wanted);
  const decoder = createTarDecoder({ strict: true });
  const writer = decoder.writable.getWriter();
  /** Bytes that the parser got since it last gave an entry or a part of one. */
  let withoutProgress = 0;
  let unpacked = 0;

  const feed = async () => {
    for await (const piece of tarPieces(counted(pieces, packedSize, onRead))) {
      unpacked += piece.length;
      if (unpacked > bounds.unpacked) throw new ArchiveFault(`it has more than ${bounds.unpacked} bytes`);
      if (unpacked > bounds.ratioFrom && unpacked > packedSize * bounds.ratio)
        throw new ArchiveFault(`it unpacks to more than ${bounds.ratio} times its size`);
      withoutProgress += piece.length;
      if (withoutProgress > bounds.attributes + bytesOfPiece)
        throw new ArchiveFault(
          `a name or the attributes of an entry have more than ${bounds.attributes} bytes`,
        );
      await writer.write(piece);
      // What reads the entries goes on by then: all that it awaits is ready.
      await giveWay();
    }
    await writer.close();
  };
  const take = async () => {
    let entries = 0;
    for await (const entry of decoder.readable) {
      withoutProgress = 0;
      entries += 1;
      if (entries > bounds.entries) throw new ArchiveFault(`it has more than ${bounds.entries} entries`);
      const { size } = entry.header;
      const path = contents.take(entry);
      const bytes = new Uint8Array(path === null ? 0 : size);
      let length = 0;
      // What is passed over is read to its end too: cancelling a body that waits to be read takes the next entry's with it.
      for await (const part of entry.body) {
        withoutProgress = 0;
        if (path !== null) bytes.set(part.subarray(0, size - length), length);
        length += part.length;
      }
      if (path === null) continue;
      if (length !== size) throw new ArchiveFault('it is truncated');
      contents.keep(path, bytes);
    }
  };
  // Whichever ends first with a fault ends the other.
  const feeding = feed().catch(async (fault: unknown) => {
    await writer.abort(fault).catch(() => undefined);
    throw fault;
  });
  const taking = take();
  const ended = await Promise.allSettled([taking.catch((fault: unknown) => stop(writer, fault)), feeding]);
  const faults = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  const fault = faults.find((one) => one instanceof ArchiveFault) ?? faults[0];
  if (fault instanceof MissingProgram) contents.missingProgram = fault.program;
  if (fault !== undefined) contents.leftOut.unshift({ about: '.', reason: faultWords(fault) });
  return contents;
}

/** What is kept of an archive, within its bounds. */
class WantedContents implements UnpackedArchive {
  readonly files = new Map<string, Uint8Array>();
  readonly links = new Map<string, string>();
  readonly leftOut: LeftOut[] = [];
  passedOver = 0;
  missingProgram: UnpackingProgram | null = null;
  readonly #bounds: ArchiveBounds;
  readonly #wanted: WantedEntries;
  /** Bytes of all files, and characters of all links. */
  #kept = 0;
  #keptOfLinks = 0;

  constructor(bounds: ArchiveBounds, wanted: WantedEntries) {
    this.#bounds = bounds;
    this.#wanted = wanted;
  }

  /** The path of an entry whose bytes are to be kept; null for every other. */
  take({ header }: ParsedTarEntry): string | null {
    const type = header.type ?? 'file';
    const placed = archivePath(header.name);
    // Folders come with their files.
    if (placed.ok && type === 'directory') return null;
    if (!this.#wants(placed.ok ? placed.path : header.name)) {
      this.passedOver += 1;
      return null;
    }
    if (!placed.ok) {
      this.#leave(header.name, placed.reason);
      return null;
    }
    if (type === 'symlink') {
      const target = (header.linkname ?? '').slice(0, longestPath);
      this.#keptOfLinks += placed.path.length + target.length;
      if (this.#keptOfLinks <= this.#bounds.kept) this.links.set(placed.path, target);
      return null;
    }
    const reason = type === 'directory' ? '' : reasonToLeave(type, header.size, this.#bounds, this.#kept);
    if (reason === null) return placed.path;
    if (reason !== '') this.#leave(header.name, reason);
    return null;
  }

  keep(path: string, bytes: Uint8Array): void {
    this.#kept += bytes.length - (this.files.get(path)?.length ?? 0);
    this.files.set(path, bytes);
  }

  #wants(path: string): boolean {
    const before = this.#wanted.narrowed;
    const isWanted = this.#wanted.wants(path);
    if (this.#wanted.narrowed !== before) this.#forgetUnwanted();
    return isWanted;
  }

  #forgetUnwanted(): void {
    for (const kept of [this.files, this.links])
      for (const file of kept.keys())
        if (!this.#wanted.wants(file)) {
          this.#kept -= this.files.get(file)?.length ?? 0;
          kept.delete(file);
          this.passedOver += 1;
        }
  }

  #leave(about: string, reason: string): void {
    if (this.leftOut.length < mostLeftOut) this.leftOut.push({ about: shownName(about), reason });
  }
}

async function stop(writer: WritableStreamDefaultWriter<Uint8Array>, fault: unknown): Promise<never> {
  await writer.abort(fault).catch(() => undefined);
  throw fault;
}

function faultWords(fault: unknown): string {
  const words = fault instanceof Error ? fault.message : String(fault);
  return fault instanceof ArchiveFault
    ? `The rest of the archive is not read: ${words}`
    : `The archive is damaged; the rest is not read: ${words}`;
}

/** Why an entry is not kept; empty: without a word, because it says something of another one; null: it is kept. */
function reasonToLeave(
  type: Exclude<NonNullable<ParsedTarEntry['header']['type']>, 'directory' | 'symlink'>,
  size: number,
  bounds: ArchiveBounds,
  kept: number,
): string | null {
  switch (type) {
    case 'pax-header':
    case 'pax-global-header':
    case 'gnu-long-name':
    case 'gnu-long-link-name':
      return '';
    case 'link':
      return 'It is a hard link; only regular files are read';
    case 'character-device':
    case 'block-device':
      return 'It is a device file; only regular files are read';
    case 'fifo':
      return 'It is a FIFO (named pipe); only regular files are read';
    case 'file':
      if (size > bounds.file) return `It has ${size} bytes; at most ${bounds.file} are read`;
      if (kept + size > bounds.kept)
        return `The files of the archive have more than ${bounds.kept} bytes; it is not read`;
      return null;
  }
}

/** A name of an archive for people: what it would do to a terminal or a list is cut off elsewhere too. */
function shownName(name: string): string {
  return name.length > 200 ? `${name.slice(0, 200)}…` : name;
}

/** The same pieces, with whoever wants to know told of each. */
async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  size: number,
  onRead: OnRead | undefined,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const piece of pieces) {
    yield piece;
    read += piece.length;
    onRead?.(read, size);
  }
}
