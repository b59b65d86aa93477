import type { Pieces } from '#shared/bounds/pieces.ts';
import type { FileVirtualMachine } from '#shared/fleet-file/schema.ts';
import { seedFor } from '../../../seeded-random.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import type { MemoryTracker } from '../state/memory-tracker.ts';
import { GuestWorkload } from '../virtual-machine/guest-workload.ts';
import { emptyDirtyLog, memoryDigest, type SimulatedMachine } from '../virtual-machine/machine.ts';

/** A virtual machine with the functions on its host's bus that it owns. `seed` is the fleet's. */
export function* virtualMachineFromFile(
  written: FileVirtualMachine,
  host: SimulatedHost,
  seed: number,
): Pieces<SimulatedMachine> {
  const { name, vcpus, memoryBytes, viommu, state, receivedBytes, workload, workedMicroseconds } = written;
  const own = state === 'incoming' ? '' : memoryDigest(seed, host.id, name);
  return {
    name,
    vcpus,
    memoryBytes,
    viommu,
    state,
    devices: written.devices
      .map((address) => host.kernel.functions.get(address))
      .filter((entry) => entry !== undefined),
    lostDevices: new Set(written.lostDevices),
    memoryDigest: written.memoryDigest ?? own,
    receivedBytes,
    workload: workload
      ? new GuestWorkload({
          workload,
          memoryBytes,
          seed: seedFor(seed, `${name}/workload`),
          workedMicroseconds,
        })
      : null,
    dirtyLog: yield* dirtyLogFromFile(written),
    outgoing: null,
    incoming: null,
    throttle: 0,
  };
}

function* dirtyLogFromFile({ memoryBytes, dirtyLog }: FileVirtualMachine): Pieces<MemoryTracker | null> {
  if (dirtyLog === undefined) return null;
  const log = emptyDirtyLog(memoryBytes);
  yield* log.restoreChanged(dirtyLog);
  return log;
}

export function virtualMachineToFile(machine: SimulatedMachine): FileVirtualMachine {
  const { name, vcpus, memoryBytes, viommu, state, receivedBytes, workload, dirtyLog } = machine;
  return {
    name,
    vcpus,
    memoryBytes,
    viommu,
    state,
    devices: machine.devices.map((entry) => entry.address),
    ...(machine.lostDevices.size === 0 ? {} : { lostDevices: [...machine.lostDevices] }),
    ...(machine.memoryDigest === '' ? {} : { memoryDigest: machine.memoryDigest }),
    ...(workload ? { workload: workload.file } : {}),
    workedMicroseconds: workload?.workedMicroseconds ?? 0,
    receivedBytes,
    ...(dirtyLog ? { dirtyLog: dirtyLog.changedToFile() } : {}),
  };
}
