import type { Refusal } from '../../../hosts/refusal.ts';

/** What the kernel answers for a file, with the words of `strerror`. */
export class FileError extends Error {
  /** `ENOENT`, … */
  readonly code: string;
  /** `No such file or directory` */
  readonly words: string;

  /** Why, where the simulated kernel knows more. */
  readonly refusal: Refusal | undefined;

  constructor(code: string, words: string, path: string, refusal?: Refusal) {
    super(`${code}: ${words}, '${path}'`);
    this.name = 'FileError';
    this.code = code;
    this.words = words;
    this.refusal = refusal;
  }
}

export const noSuchFile = (path: string) => new FileError('ENOENT', 'No such file or directory', path);
export const notPermitted = (path: string) => new FileError('EPERM', 'Operation not permitted', path);
export const isDirectory = (path: string) => new FileError('EISDIR', 'Is a directory', path);
