import type { AdminCommand } from '../command.ts';

/** The namespace identifier as an option's value; undefined where the command names none. */
export function namespaceOption(command: Pick<AdminCommand, 'nsid'>): number | undefined {
  return command.nsid === 0 ? undefined : command.nsid >>> 0;
}

/** A number that is left out where it is 0, which is what nvme-cli takes then. */
export function unlessZero<Value extends number | bigint>(value: Value): Value | undefined {
  return Number(value) === 0 ? undefined : value;
}

/** Double quotes as in the proposal; what a shell would expand inside them is escaped. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\$`]/g, '\\$&')}"`;
}

/** Which namespaces a command is about, with a space before; nothing where it names none. */
export function namespaceWords({ nsid }: Pick<AdminCommand, 'nsid'>): string {
  if (nsid === 0) return '';
  return nsid >>> 0 === 0xffffffff ? ' all namespaces' : ` NSID ${nsid}`;
}
