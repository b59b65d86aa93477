import { atOnce, Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { findFleetProblems } from '#shared/fleet-file/rules.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { Clock } from '../../ports.ts';
import type { QueueTracer } from '../traced-admin-queue.ts';
import type { MetFault } from './faults/fault-plan.ts';
import { hostFromFile } from './file/host.ts';
import { StateTexts } from './file/state-texts.ts';
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
  /** The complete current state, as parts of a fleet file: opening that continues from here. */
  readonly state: StateTexts;
}

const defaultTimeoutMilliseconds = 5000;

/** Controllers, functions and queues that are made between two pauses: some milliseconds of work. */
const madeAtOnce = 500;

/** The same as `buildSimulatedFleet` for a program that does nothing else meanwhile. */
export function createSimulatedFleet(
  file: FleetFile,
  options: SimulatedFleetOptions,
): Result<SimulatedFleet> {
  return atOnce(buildSimulatedFleet(file, options));
}

/**
 * Makes the hosts of a fleet file and starts what the file says is in use, in pieces, because there may be many thousand
 * controllers. Deterministic from the file's seed.
 */
export function* buildSimulatedFleet(
  file: FleetFile,
  options: SimulatedFleetOptions,
): Pieces<Result<SimulatedFleet>> {
  const { problems } = yield* findFleetProblems(file);
  const [first] = problems;
  if (first)
    return fail('invalid-file', `Fleet ${file.name}: ${first.field}: ${first.message}`, {
      object: file.name,
      field: first.field,
      fix: first.fix,
      details: problems.map((problem) => `${problem.field}: ${problem.message}. ${problem.fix}`),
    });
  const pacer = new Pacer(madeAtOnce);
  const subsystems: SimulatedSubsystem[] = [];
  for (const entry of file.subsystems) {
    const subsystem = yield* subsystemFromFile(entry, () => options.clock.microseconds(), pacer);
    if (!subsystem.ok) return subsystem;
    subsystems.push(subsystem.value);
  }
  const hosts: SimulatedHost[] = [];
  for (const entry of file.hosts) {
    const host = new SimulatedHost(entry, {
      clock: options.clock,
      trace: options.trace,
      adminTimeoutMilliseconds: options.adminTimeoutMilliseconds ?? defaultTimeoutMilliseconds,
      ...(options.onFault === undefined ? {} : { onFault: options.onFault }),
    });
    yield* hostFromFile(host, file, subsystems, pacer);
    hosts.push(host);
  }
  return succeed({ hosts, subsystems, state: new StateTexts(file, hosts, subsystems) });
}
