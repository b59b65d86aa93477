import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '#shared/fleet/schema.ts';

/** The largest recorded file that makes sense is a dump of some thousand functions; anything above is foreign. */
const largestFile = 16 * 1024 * 1024;

/**
 * Reads the files of one capture folder and keeps what could not be read as problems. A file that does not exist is
 * no problem by itself: who needs it says so.
 */
export class SnapshotFiles {
  readonly problems: Problem[] = [];
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Notes a problem; the same file and field are told once. */
  problem(source: string, message: string, about: { field?: string; fix?: string } = {}): void {
    if (this.problems.some((known) => known.source === source && known.field === about.field)) return;
    this.problems.push({ source, message, ...about });
  }

  /** The bytes of a file given by its path inside the capture; null when it is absent or unreadable. */
  async bytes(file: string): Promise<Uint8Array | null> {
    const full = path.join(this.folder, file);
    try {
      const found = await stat(full);
      if (!found.isFile()) {
        this.problem(file, 'This is not a file', { fix: 'Record the capture again' });
        return null;
      }
      if (found.size > largestFile) {
        this.problem(file, `The file is too large for a recorded output (${found.size} bytes)`, {
          field: 'length',
          fix: 'Remove files that do not belong to the capture',
        });
        return null;
      }
      return await readFile(full);
    } catch (error) {
      if (isMissing(error)) return null;
      this.problem(file, `The file cannot be read: ${reason(error)}`, { fix: 'Check the permissions' });
      return null;
    }
  }

  async text(file: string): Promise<string | null> {
    const bytes = await this.bytes(file);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  }

  /** Names inside a folder of the capture, in natural order (nvme2 before nvme10); empty when it is absent. */
  async list(folder: string): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]> {
    try {
      const entries = await readdir(path.join(this.folder, folder), { withFileTypes: true });
      return entries
        .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
        .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
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
