import type { RefusedWrite } from './host-files.ts';

/** What the shell of the lab (busybox) says of a write that the kernel refuses; the reason is Berth's. */
export function refusedWriteText({ path, opened, words, reason }: RefusedWrite): string {
  const why = reason === '' || reason.includes(path) ? '' : `\n${reason}`;
  if (opened) return `sh: write error: ${words}${why}\n`;
  return `sh: can't create ${path}: ${words}${why}\n`;
}
