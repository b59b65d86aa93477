/** What the kernel answers for a file, with the words of `strerror`. */
export class FileError extends Error {
  /** `ENOENT`, … */
  readonly code: string;
  /** `No such file or directory` */
  readonly words: string;

  constructor(code: string, words: string, path: string) {
    super(`${code}: ${words}, '${path}'`);
    this.name = 'FileError';
    this.code = code;
    this.words = words;
  }
}

export const noSuchFile = (path: string) => new FileError('ENOENT', 'No such file or directory', path);
export const notPermitted = (path: string) => new FileError('EPERM', 'Operation not permitted', path);
export const isDirectory = (path: string) => new FileError('EISDIR', 'Is a directory', path);
