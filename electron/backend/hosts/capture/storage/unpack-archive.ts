import { createGunzip } from 'node:zlib';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import { giveWay } from '../../../event-loop.ts';
import { archivePath, longestPath } from './archive-path.ts';
import { largestRecordedFile } from './capture-storage.ts';

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

/** Several times what a host with thousands of functions takes; attributes are some milliseconds of work. */
export const archiveBounds: ArchiveBounds = {
  unpacked: 1024 * 1024 * 1024,
  kept: 256 * 1024 * 1024,
  file: largestRecordedFile,
  entries: 100_000,
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
  /** Where its symbolic links lead, as they say themselves, by their path. They are left out too. */
  readonly links: ReadonlyMap<string, string>;
  /** The first ones; more would hide what matters. */
  readonly leftOut: readonly LeftOut[];
}

const mostLeftOut = 500;

/** Bytes that the parser gets at once; everything else has a turn after each. */
const bytesOfPiece = 64 * 1024;

/**
 * Unpacks a tar archive, compressed by gzip or not, in memory: nothing is written to the disk. Only regular files with a
 * path inside are kept; links, devices and everything else are left out and listed, and so is the rest of an archive that
 * is damaged or goes beyond the bounds.
 */
export async function unpackArchive(
  packed: Uint8Array,
  bounds: ArchiveBounds = archiveBounds,
): Promise<UnpackedArchive> {
  const files = new Map<string, Uint8Array>();
  const links = new Map<string, string>();
  const leftOut: LeftOut[] = [];
  const leave = (about: string, reason: string) => {
    if (leftOut.length < mostLeftOut) leftOut.push({ about, reason });
  };
  const decoder = createTarDecoder({ strict: true });
  const writer = decoder.writable.getWriter();
  /** Bytes that the parser got since it last gave an entry or a part of one. */
  let withoutProgress = 0;
  let unpacked = 0;

  const feed = async () => {
    for await (const piece of pieces(packed)) {
      unpacked += piece.length;
      if (unpacked > bounds.unpacked) throw new ArchiveFault(`it has more than ${bounds.unpacked} bytes`);
      if (unpacked > bounds.ratioFrom && unpacked > packed.length * bounds.ratio)
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
    let kept = 0;
    let entries = 0;
    for await (const entry of decoder.readable) {
      withoutProgress = 0;
      entries += 1;
      if (entries > bounds.entries) throw new ArchiveFault(`it has more than ${bounds.entries} entries`);
      const { name, size, type, linkname } = entry.header;
      const placed = archivePath(name);
      if (placed.ok && type === 'symlink' && linkname !== undefined)
        links.set(placed.path, linkname.slice(0, longestPath));
      const reason = placed.ok ? reasonToLeave(entry, bounds, kept) : placed.reason;
      if (reason !== null || !placed.ok) {
        if (reason !== null && reason !== '') leave(shownName(name), reason);
        // What is passed over gives no progress.
        withoutProgress = -size;
        await entry.body.cancel();
        continue;
      }
      const bytes = new Uint8Array(size);
      let length = 0;
      for await (const part of entry.body) {
        withoutProgress = 0;
        bytes.set(part.subarray(0, size - length), length);
        length += part.length;
      }
      if (length !== size) throw new ArchiveFault('it is truncated');
      kept += size;
      files.set(placed.path, bytes);
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
  if (fault !== undefined) leftOut.unshift({ about: '.', reason: faultWords(fault) });
  return { files, links, leftOut };
}

async function stop(writer: WritableStreamDefaultWriter<Uint8Array>, fault: unknown): Promise<never> {
  await writer.abort(fault).catch(() => undefined);
  throw fault;
}

/** Why the rest of an archive is not read, in words of its own; what the libraries say is another error. */
class ArchiveFault extends Error {}

function faultWords(fault: unknown): string {
  const words = fault instanceof Error ? fault.message : String(fault);
  return fault instanceof ArchiveFault
    ? `The rest of the archive is not read: ${words}`
    : `The archive is damaged; the rest is not read: ${words}`;
}

/** Why an entry is not kept; empty: without a word, because a folder comes with its files; null: it is kept. */
function reasonToLeave({ header }: ParsedTarEntry, bounds: ArchiveBounds, kept: number): string | null {
  const type = header.type ?? 'file';
  switch (type) {
    case 'directory':
    case 'pax-header':
    case 'pax-global-header':
    case 'gnu-long-name':
    case 'gnu-long-link-name':
      return '';
    case 'link':
      return 'It is a hard link; only regular files are read';
    case 'symlink':
      return 'It is a symbolic link; only regular files are read';
    case 'character-device':
    case 'block-device':
      return 'It is a device file; only regular files are read';
    case 'fifo':
      return 'It is a FIFO (named pipe); only regular files are read';
    case 'file':
      if (header.size > bounds.file) return `It has ${header.size} bytes; at most ${bounds.file} are read`;
      if (kept + header.size > bounds.kept)
        return `The files of the archive have more than ${bounds.kept} bytes; it is not read`;
      return null;
  }
}

/** A name of an archive for people: what it would do to a terminal or a list is cut off elsewhere too. */
function shownName(name: string): string {
  return name.length > 200 ? `${name.slice(0, 200)}…` : name;
}

/** The tar inside, in pieces: out of gzip, or cut up. */
async function* pieces(packed: Uint8Array): AsyncGenerator<Uint8Array> {
  if (packed[0] === 0x1f && packed[1] === 0x8b) {
    const gunzip = createGunzip({ chunkSize: bytesOfPiece });
    gunzip.end(packed);
    for await (const piece of gunzip) yield piece as Uint8Array;
    return;
  }
  for (let at = 0; at < packed.length; at += bytesOfPiece) yield packed.subarray(at, at + bytesOfPiece);
}
