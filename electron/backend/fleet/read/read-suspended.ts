import {
  migrationReceive,
  migrationReceiveSelectors,
} from '#shared/nvme/commands/migration/migration-receive.ts';
import { succeed } from '#shared/result.ts';
import type { HostVirtualMachine, NvmeFunction } from '../../hosts/host-connection.ts';
import type { AdminReader } from './admin-reader.ts';
import type { ControllerReading } from './host-reading.ts';

/** The least that can be asked for: one dword. What matters is in the completion. */
const oneDword = 4;

/**
 * Which of these secondaries are suspended: CSUP in the completion of Migration Receive (NVMe Base 2.1, 5.1.16). The state
 * of the VFIO device does not tell it all: a Suspend that arrives after its driver has given up on it leaves the device
 * RUNNING. Nothing is asked of a controller that does not manage migration.
 */
export async function readSuspended(
  reader: AdminReader,
  { stateFormats }: Pick<ControllerReading, 'stateFormats'>,
  cntlids: readonly number[],
): Promise<number[]> {
  if (stateFormats === null || stateFormats.versions.length === 0) return [];
  const suspended: number[] = [];
  for (const cntlid of cntlids) {
    const command = migrationReceive.encode(
      { sel: migrationReceiveSelectors.getControllerState.value, csvi: 1, cntlid, offset: 0n, numdl: 0 },
      { readLength: oneDword },
    );
    const answer = await reader.read(
      command,
      `suspension of controller ${cntlid}`,
      (_, { dw0 }) => succeed(migrationReceive.result.decode(dw0).csup),
      'optional',
    );
    if (answer === true) suspended.push(cntlid);
  }
  return suspended;
}

/** CNTLIDs of the functions of one controlling function that guests work with at this moment. */
export function workingGuestFunctions(
  controllingAddress: string,
  { secondaries, functions: listed }: Pick<ControllerReading, 'secondaries' | 'functions'>,
  functions: readonly NvmeFunction[],
  machines: readonly HostVirtualMachine[],
): number[] {
  const inUse = new Set(
    machines.filter(({ state }) => state === 'running').flatMap(({ devices }) => devices),
  );
  return functions.flatMap(({ address, virtualFunction }) => {
    if (virtualFunction?.physicalFunction !== controllingAddress || !inUse.has(address)) return [];
    const { vfn, uuid } = virtualFunction;
    const cntlid =
      vfn > 0
        ? secondaries.find((entry) => entry.vfn === vfn && entry.scs === 1)?.scid
        : listed?.find((entry) => entry.uuid === uuid)?.cntlid;
    return cntlid ?? [];
  });
}
