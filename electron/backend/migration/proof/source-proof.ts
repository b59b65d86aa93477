import { identifyCommand, identifyStructures } from '#shared/nvme/commands/identify.ts';
import { decodeSecondaryControllerList } from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import { runsThereOnly } from '#shared/report/proof-words.ts';
import { type AskedController, askController } from '../../nvme/ask-controller.ts';
import type { MigrationReader } from '../read-devices.ts';
import { type ProofLine, proofLine } from './migration-proof.ts';

type Moved = Pick<MigrationFacts, 'virtualMachineName' | 'sourceHostId' | 'destinationHostId'>;

/** Where the virtual machine is now, as both hypervisors say. */
export async function machineProof(
  reader: MigrationReader,
  { virtualMachineName: name, sourceHostId, destinationHostId }: Moved,
): Promise<ProofLine[]> {
  const left = await reader.machineState(sourceHostId, name);
  const right = await reader.machineState(destinationHostId, name);
  return [
    {
      what: `${name} ${runsThereOnly}`,
      source: left,
      destination: right,
      equal: left === 'absent' && right === 'running',
    },
  ];
}

/** Where the virtual machine is when everything has been taken back. */
export async function wayBackProof(
  reader: MigrationReader,
  { virtualMachineName: name, sourceHostId, destinationHostId }: Moved,
): Promise<ProofLine[]> {
  const left = await reader.machineState(sourceHostId, name);
  const right = await reader.machineState(destinationHostId, name);
  return [
    proofLine(`${name} runs at its source`, 'running', left),
    proofLine(`${name} is not at the destination`, 'absent', right),
  ];
}

/** A released source secondary is offline and holds nothing, as its primary's Secondary Controller List says. */
export async function releaseProof(
  who: string,
  controlling: AskedController,
  cntlid: number,
): Promise<ProofLine> {
  const source = await resourcesOf(controlling, cntlid);
  const equal = source === 'offline, 0 VQ, 0 VI';
  // Only the source has a say here; there is nothing at the destination to compare with.
  return { what: `${who}: the source controller is back in the pool`, source, destination: '–', equal };
}

async function resourcesOf(controlling: AskedController, cntlid: number): Promise<string> {
  const list = await askController(controlling, {
    // The list starts at this controller.
    command: identifyCommand(identifyStructures.secondaryControllers, { cntid: cntlid }),
    what: 'Secondary Controller List',
    decode: decodeSecondaryControllerList,
  });
  if (!list.ok) return `unknown: ${list.error.message}`;
  const entry = list.value.entries.find((candidate) => candidate.scid === cntlid);
  if (entry === undefined) return 'unknown: not in the Secondary Controller List';
  return `${(entry.scs & 1) === 1 ? 'online' : 'offline'}, ${entry.nvq} VQ, ${entry.nvi} VI`;
}
