import { opendir } from 'node:fs/promises';
import path from 'node:path';
import { shorten } from '#shared/bounds/shorten.ts';
import type { Problem } from '#shared/fleet/schema.ts';
import { LinkBounds, readFileBytes } from '../../files/read-file.ts';

/** The largest recorded file that makes sense is a dump of some thousand functions; anything above is foreign. */
const largestFile = 16 * 1024 * 1024;
/** Of all files of a capture together: some thousand controllers with everything that they answer take a tenth. */
const largestCapture = 512 * 1024 * 1024;
/** Names in one folder. */
const mostEntries = 20_000;
/** More would hide the ones that matter. */
const mostProblems = 500;

/**
 * Reads the files of one capture folder and keeps what could not be read as problems. A file that does not exist is
 * no problem by itself: who needs it says so.
 */
export class SnapshotFiles {
  readonly problems: Problem[] = [];
  private readonly folder: string;
  private readonly links: LinkBounds;
  private bytesRead = 0;

  constructor(folder: string) {
    this.folder = folder;
    this.links = new LinkBounds(folder);
  }

  /** Notes a problem; the same file and field are told once. */
  problem(source: string, message: string, about: { field?: string; fix?: string } = {}): void {
    if (this.problems.some((known) => known.source === source && known.field === about.field)) return;
    if (this.problems.length > mostProblems) return;
    if (this.problems.length === mostProblems)
      this.problems.push({ source: '.', message: `Only the first ${mostProblems} problems are listed` });
    else this.problems.push({ source, message: shorten(message, 500), ...about });
  }

  /** The bytes of a file given by its path inside the capture; null when it is absent or unreadable. */
  async bytes(file: string): Promise<Uint8Array | null> {
    if (this.bytesRead > largestCapture) {
      this.problem('.', `The capture has more than ${largestCapture} bytes; the rest is not read`, {
        field: 'length',
        fix: 'Remove files that do not belong to the capture',
      });
      return null;
    }
    const read = await readFileBytes(path.join(this.folder, file), {
      ...{ largest: largestFile, what: 'a recorded output', inside: this.links },
    });
    if (read.ok) {
      this.bytesRead += read.value.length;
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
    return bytes === null ? null : new TextDecoder().decode(bytes);
  }

  /** Names inside a folder of the capture, in natural order (nvme2 before nvme10); empty when it is absent. */
  async list(folder: string): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]> {
    try {
      const entries: { readonly name: string; readonly isFolder: boolean }[] = [];
      for await (const entry of await opendir(path.join(this.folder, folder))) {
        if (entries.length === mostEntries) {
          this.problem(folder, `The folder has more than ${mostEntries} entries; the rest is not read`, {
            field: 'entries',
            fix: 'Remove what does not belong to the capture',
          });
          break;
        }
        entries.push({ name: entry.name, isFolder: entry.isDirectory() });
      }
      return entries.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    } catch (error) {
      if (!isMissing(error)) this.problem(folder, `The folder cannot be read: ${reason(error)}`);
      return [];
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
