import { client } from '../bridge/client.ts';
import { HostTerminal, type HostTerminalPlace } from './host-terminal.ts';

const open = new Map<string, HostTerminal>();
let endsWithSource = false;

/** The terminal at a place, made when it is first asked for. What another release of nvme-cli was chosen for is new. */
export function terminalOf(place: HostTerminalPlace): HostTerminal {
  const { hostId, nvme, rehearsalId } = place;
  // There is one rehearsal at a time.
  const key = JSON.stringify(rehearsalId === null ? { hostId } : 'copy');
  const known = open.get(key);
  if (known !== undefined && known.place.nvme === nvme && known.place.rehearsalId === rehearsalId)
    return known;
  known?.dispose();
  endWithSource();
  const made = new HostTerminal(place);
  open.set(key, made);
  return made;
}

/** A terminal belongs to a host of the fleet that was open when it was made. */
function endWithSource(): void {
  if (endsWithSource) return;
  endsWithSource = true;
  client.listen('fleet:replaced', () => {
    for (const terminal of open.values()) terminal.dispose();
    open.clear();
  });
}
