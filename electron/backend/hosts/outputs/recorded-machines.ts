import { z } from 'zod';
import { fleetSizes } from '#shared/bounds/sizes.ts';
import { pciAddress } from '#shared/fleet-file/scalars.ts';
import { inTurns } from '../../in-turns.ts';
import { checkRecorded, readRecordedJson } from '../capture/recorded-output.ts';
import type { SnapshotFiles } from '../capture/snapshot-files.ts';
import type { HostVirtualMachine } from '../host-connection.ts';

/** In a snapshot: the virtual machines of the host. */
export const recordedMachinesFile = 'virtual-machines.json';

const machinesSchema = z
  .array(
    z.object({
      name: z.string().min(1).max(100),
      vcpus: z.int().positive(),
      memoryBytes: z.int().positive(),
      devices: z.array(pciAddress).max(256),
      running: z.boolean(),
    }),
  )
  .max(fleetSizes.virtualMachines);

/** The virtual machines that a snapshot recorded; none where it recorded nothing of them. */
export async function readRecordedMachines(
  files: SnapshotFiles,
  snapshot: string,
): Promise<readonly HostVirtualMachine[]> {
  const file = `${snapshot}/${recordedMachinesFile}`;
  const output = await readRecordedJson(files, file);
  if (output?.kind !== 'value') return [];
  const machines = await inTurns(checkRecorded(files, file, machinesSchema, output.value));
  return (machines ?? []).map(({ running, ...machine }) => ({
    ...machine,
    state: running ? 'running' : 'stopped',
    viommu: false,
    dirtyBytesPerSecond: null,
  }));
}
