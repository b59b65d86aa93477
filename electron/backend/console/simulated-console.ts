import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import type { AnswerTimeout } from '../nvme/ask-controller.ts';
import type { SimulatedClock } from '../simulation/simulated-clock.ts';
import { systemClock } from '../system-clock.ts';
import type { ConsoleFiles, ConsoleHost } from './console-host.ts';
import { simulate } from './simulation-commands.ts';

/** What surrounds the host of a console. */
export interface SimulatedConsoleWorld {
  readonly files?: ConsoleFiles;
  /** Absent where time passes by itself. */
  readonly clock?: SimulatedClock;
  /** How long somebody waits who waits; left out: on `clock`, or not at all where there is none. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Left out: twice as long as Linux waits, by the machine's clock, which never stands still. */
  readonly timeout?: AnswerTimeout;
}

/** After 60 s Linux gives an admin command up (nvme_core.admin_timeout). */
const linuxTimeoutMilliseconds = 60_000;

/** A simulated host as the console sees it. */
export function createSimulatedConsole(host: SimulatedHost, world: SimulatedConsoleWorld = {}): ConsoleHost {
  return {
    ...(world.files ? { files: world.files } : {}),
    simulate: (command) => simulate(host, command, world.clock),
    registers: (device) => host.registersOfDevice(device),
    connection: host,
    sysfs: host.sysfs,
    namespaces: () => host.namespaceDevices(),
    timeout: world.timeout ?? { timeoutMilliseconds: 2 * linuxTimeoutMilliseconds, clock: systemClock },
    sleep: world.sleep ?? (async (milliseconds) => world.clock?.sleep(milliseconds, { what: 'sleep' })),
    writeSysfs: (path, value) => host.writeSysfs(path, value),
    resetDevice: (device) => host.resetDevice(device),
    resetSubsystemOfDevice: (device) => host.resetSubsystemOfDevice(device),
  };
}
