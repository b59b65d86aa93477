import type { AdminCommand } from '../command.ts';

/** Which namespaces a command is about, with a space before; nothing where it names none. */
export function namespaceWords({ nsid }: Pick<AdminCommand, 'nsid'>): string {
  if (nsid === 0) return '';
  return nsid >>> 0 === 0xffffffff ? ' all namespaces' : ` NSID ${nsid}`;
}
