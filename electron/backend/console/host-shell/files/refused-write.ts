import type { RefusedWrite } from './host-files.ts';

/** What the shell of the lab (busybox) says of a write that the kernel refuses. */
export function refusedWriteText({ path, opened, words }: RefusedWrite): string {
  return opened ? `sh: write error: ${words}\n` : `sh: can't create ${path}: ${words}\n`;
}
