/** Of a path in an archive: characters, and folders above a file. */
export const longestPath = 1024;
const longestName = 255;
const deepest = 32;

export type ArchivePath =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly reason: string };

/**
 * The path of an entry as it is used inside: relative, with `/` between names. Refused is whatever would lead elsewhere
 * on a disk, on any system: absolute paths, drives, `..`, backslashes, and names that no capture has.
 */
export function archivePath(name: string): ArchivePath {
  if (name.length > longestPath) return no(`Its path has more than ${longestPath} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  if (/[\u0000-\u001f\u007f]/.test(name)) return no('Its path has control characters');
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return no('Its path is absolute');
  if (name.includes('\\')) return no('Its path has a backslash');
  const names = name.split('/').filter((part) => part !== '' && part !== '.');
  if (names.includes('..')) return no('Its path leads out of the archive');
  if (names.some((part) => part.length > longestName))
    return no(`A name in its path has more than ${longestName} characters`);
  if (names.length > deepest) return no(`It lies more than ${deepest} folders deep`);
  return { ok: true, path: names.join('/') };
}

function no(reason: string): ArchivePath {
  return { ok: false, reason };
}
