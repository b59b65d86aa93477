import { findFleetProblems } from '#shared/fleet-file/rules.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { Clock } from '../../ports.ts';
import type { QueueTracer } from '../traced-admin-queue.ts';
import type { MetFault } from './faults/fault-plan.ts';
import { exportFleet } from './file/export-fleet.ts';
import { hostFromFile } from './file/host.ts';
import { subsystemFromFile } from './file/subsystem.ts';
import { SimulatedHost } from './host/simulated-host.ts';
import type { SimulatedSubsystem } from './state/subsystem.ts';

export interface SimulatedFleetOptions {
  readonly clock: Clock;
  readonly trace: QueueTracer;
  /** How long a driver waits for a completion that does not come; 60 s in Linux, 5 s by default here. */
  readonly adminTimeoutMilliseconds?: number;
  /** Told of every command that a fault met. */
  readonly onFault?: (met: MetFault) => void;
}

/** Hosts that share a simulated world. */
export interface SimulatedFleet {
  readonly hosts: readonly SimulatedHost[];
  readonly subsystems: readonly SimulatedSubsystem[];
  /** The complete current state as a fleet file: opening it again continues from here. */
  exportState(): FleetFile;
}

const defaultTimeoutMilliseconds = 5000;

/** Makes the hosts of a fleet file and starts what the file says is in use. Deterministic from the file's seed. */
export function createSimulatedFleet(
  file: FleetFile,
  options: SimulatedFleetOptions,
): Result<SimulatedFleet> {
  const problems = findFleetProblems(file);
  const [first] = problems;
  if (first)
    return fail('invalid-file', `Fleet ${file.name}: ${first.field}: ${first.message}`, {
      object: file.name,
      field: first.field,
      fix: first.fix,
      details: problems.map((problem) => `${problem.field}: ${problem.message}. ${problem.fix}`),
    });
  const subsystems: SimulatedSubsystem[] = [];
  for (const entry of file.subsystems) {
    const subsystem = subsystemFromFile(entry, () => options.clock.microseconds());
    if (!subsystem.ok) return subsystem;
    subsystems.push(subsystem.value);
  }
  const hosts = file.hosts.map((entry) => {
    const host = new SimulatedHost(entry, {
      clock: options.clock,
      trace: options.trace,
      adminTimeoutMilliseconds: options.adminTimeoutMilliseconds ?? defaultTimeoutMilliseconds,
      ...(options.onFault === undefined ? {} : { onFault: options.onFault }),
    });
    hostFromFile(host, file, subsystems);
    return host;
  });
  return succeed({ hosts, subsystems, exportState: () => exportFleet(file, hosts, subsystems) });
}
