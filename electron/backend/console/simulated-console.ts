import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import type { ConsoleFiles, ConsoleHost } from './console-host.ts';

/** A simulated host as the console sees it. */
export function createSimulatedConsole(host: SimulatedHost, files?: ConsoleFiles): ConsoleHost {
  return {
    ...(files ? { files } : {}),
    registers: (device) => host.registersOfDevice(device),
    connection: host,
    writeSysfs: (path, value) => host.writeSysfs(path, value),
    resetDevice: (device) => host.resetDevice(device),
    resetSubsystemOfDevice: (device) => host.resetSubsystemOfDevice(device),
  };
}
