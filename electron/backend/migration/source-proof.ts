import { adminCommand, isSuccess } from '#shared/nvme/command.ts';
import { decodeSecondaryControllerList } from '#shared/nvme/layouts/secondary-controller-list.ts';
import { adminOpcodes } from '#shared/nvme/opcodes.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import { type ProofLine, proofLine } from './migration-proof.ts';

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
  const what = `${who}: the source controller is back in the pool`;
  const wanted = 'offline, 0 VQ, 0 VI';
  const answer = await queue.submit(
    // CNTID in 31:16 starts the list at this controller.
    adminCommand({ opcode: adminOpcodes.identify, cdw10: cntlid * 0x1_0000 + 0x15, readLength: 4096 }),
  );
  if (!answer.ok) return proofLine(what, `unknown: ${answer.error.message}`, wanted);
  if (!isSuccess(answer.value) || answer.value.data === undefined)
    return proofLine(what, 'unknown: Secondary Controller List refused', wanted);
  const list = decodeSecondaryControllerList(answer.value.data);
  const entry = list.ok ? list.value.entries.find((candidate) => candidate.scid === cntlid) : undefined;
  if (entry === undefined) return proofLine(what, 'unknown: not in the Secondary Controller List', wanted);
  const state = (entry.scs & 1) === 1 ? 'online' : 'offline';
  return proofLine(what, `${state}, ${entry.nvq} VQ, ${entry.nvi} VI`, wanted);
}
