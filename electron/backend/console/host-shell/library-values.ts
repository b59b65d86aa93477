import type { Command, CommandContext } from 'just-bash/browser';

/** What a command of the library answers. */
export type LibraryResult = Awaited<ReturnType<Command['execute']>>;

/** `$?` */
export function statusOf(context: CommandContext): number {
  return Number(context.env.get('?') ?? 0);
}

/** The end of a command that prints nothing. */
export function silent(exitCode: number): LibraryResult {
  return { stdout: '', stderr: '', exitCode };
}

/** From `/etc/hostname`. */
export function hostName(file: string | { readonly content: string } | undefined): string {
  return (typeof file === 'string' ? file : (file?.content ?? 'host')).trim();
}

/** One word, whatever is in it. */
export function quotedForShell(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Variables that a shell of root begins with. */
export function environmentOf(host: string): Record<string, string> {
  return {
    HOME: '/root',
    USER: 'root',
    LOGNAME: 'root',
    SHELL: '/bin/bash',
    HOSTNAME: host,
    PATH: '/usr/bin:/bin:/usr/sbin:/sbin',
  };
}
