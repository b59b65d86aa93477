import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import type { SimulatedClock } from '../simulation/simulated-clock.ts';
import type { ConsoleFiles, ConsoleHost } from './console-host.ts';
import { simulate } from './simulation-commands.ts';

/** What surrounds the host of a console. */
export interface SimulatedConsoleWorld {
  readonly files?: ConsoleFiles;
  /** Absent where time passes by itself. */
  readonly clock?: SimulatedClock;
}

/** A simulated host as the console sees it. */
export function createSimulatedConsole(host: SimulatedHost, world: SimulatedConsoleWorld = {}): ConsoleHost {
  return {
    ...(world.files ? { files: world.files } : {}),
    simulate: (command) => simulate(host, command, world.clock),
    registers: (device) => host.registersOfDevice(device),
    connection: host,
    writeSysfs: (path, value) => host.writeSysfs(path, value),
    resetDevice: (device) => host.resetDevice(device),
    resetSubsystemOfDevice: (device) => host.resetSubsystemOfDevice(device),
  };
}
