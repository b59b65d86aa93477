import type { FleetFile } from '#shared/fleet-file/schema.ts';
import type { PciFunction } from '../host/pci-function.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import type { SimulatedController } from '../state/controller.ts';
import type { SimulatedSubsystem } from '../state/subsystem.ts';
import { hostToFile } from './host.ts';
import { subsystemToFile } from './subsystem.ts';

/** The complete state of a simulated fleet as a fleet file. `origin` is the file that it was made from. */
export function exportFleet(
  origin: FleetFile,
  hosts: readonly SimulatedHost[],
  subsystems: readonly SimulatedSubsystem[],
): FleetFile {
  const functions = new Map<SimulatedController, PciFunction>();
  for (const host of hosts) {
    host.kernel.settle();
    for (const entry of host.kernel.functions.values()) functions.set(entry.controller, entry);
  }
  return {
    ...origin,
    hosts: hosts.map(hostToFile),
    subsystems: origin.subsystems.map((file, index) => {
      const subsystem = subsystems[index];
      return subsystem ? subsystemToFile(file, subsystem, functions) : file;
    }),
  };
}
