import { adminCommand, isSuccess } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  decodeSecondaryControllerList,
  secondaryControllerListLength,
} from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import type { ProofLine } from './migration-proof.ts';

/** CNS of the Secondary Controller List (NVMe Base 2.1, 5.1.13). */
const secondaryControllerList = 0x15;

/** Where the virtual machine is now, as both hypervisors say. */
export async function machineProof(
  name: string,
  source: HostConnection,
  destination: HostConnection,
): Promise<ProofLine[]> {
  const [left, right] = await Promise.all([stateOf(source, name), stateOf(destination, name)]);
  return [
    {
      what: `${name} runs at the destination only`,
      source: left,
      destination: right,
      equal: left === 'absent' && right === 'running',
    },
  ];
}

async function stateOf(connection: HostConnection, name: string): Promise<string> {
  const machines = await connection.virtualMachines.list();
  if (!machines.ok) return `unknown: ${machines.error.message}`;
  return machines.value.find((machine) => machine.name === name)?.state ?? 'absent';
}

/** A released source secondary is offline and holds nothing, as its primary's Secondary Controller List says. */
export async function releaseProof(who: string, queue: AdminQueue, cntlid: number): Promise<ProofLine> {
  const source = await resourcesOf(queue, cntlid);
  const equal = source === 'offline, 0 VQ, 0 VI';
  // Only the source has a say here; there is nothing at the destination to compare with.
  return { what: `${who}: the source controller is back in the pool`, source, destination: '–', equal };
}

async function resourcesOf(queue: AdminQueue, cntlid: number): Promise<string> {
  const answer = await queue.submit(
    // CNTID in 31:16 starts the list at this controller.
    adminCommand({
      opcode: adminOpcodes.identify,
      cdw10: cntlid * 0x1_0000 + secondaryControllerList,
      readLength: secondaryControllerListLength,
    }),
  );
  if (!answer.ok) return `unknown: ${answer.error.message}`;
  if (!isSuccess(answer.value) || answer.value.data === undefined)
    return 'unknown: Secondary Controller List refused';
  const list = decodeSecondaryControllerList(answer.value.data);
  const entry = list.ok ? list.value.entries.find((candidate) => candidate.scid === cntlid) : undefined;
  if (entry === undefined) return 'unknown: not in the Secondary Controller List';
  return `${(entry.scs & 1) === 1 ? 'online' : 'offline'}, ${entry.nvq} VQ, ${entry.nvi} VI`;
}
