import { client } from '../bridge/client.ts';
import { HostTerminal } from './host-terminal.ts';

const open = new Map<string, HostTerminal>();

/** The terminal of a host, made when it is first asked for. */
export function terminalOf(hostId: string, hostName: string): HostTerminal {
  const known = open.get(hostId);
  if (known !== undefined) return known;
  if (open.size === 0) endWithSource();
  const made = new HostTerminal(hostId, hostName);
  open.set(hostId, made);
  return made;
}

/** A terminal belongs to a host of the fleet that was open when it was made. */
function endWithSource(): void {
  const remove = client.listen('fleet:replaced', () => {
    remove();
    for (const terminal of open.values()) terminal.dispose();
    open.clear();
  });
}
