import { discoverFleet } from '#backend/fleet/discovery.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from '../command-line-io.ts';
import { openConnections } from '../open-source.ts';
import { refuse } from '../print-error.ts';
import { inventoryText } from './print-inventory.ts';

/** `berth inventory SOURCE…` */
export async function runInventory(
  request: {
    readonly sources: readonly string[];
    readonly snapshot: string | undefined;
    readonly json: boolean;
  },
  io: CommandLineIo,
): Promise<ExitCode> {
  const { sources, snapshot } = request;
  const opened = await openConnections({
    ...{ sources, snapshot, standardInput: () => io.readStdin(), io },
  });
  if (!opened.ok) return refuse(io, opened.error);
  const { connections, source, findings = [] } = opened.value;
  const { fleet } = await discoverFleet(connections, source);
  for (const connection of connections) await connection.close();
  io.out(request.json ? `${JSON.stringify(fleet)}\n` : inventoryText(fleet, { findings }));
  return exitCodes.success;
}
