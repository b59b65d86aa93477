import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { completionOf, type StatusName } from '#shared/nvme/status.ts';
import { startController } from '../../controller/start-controller.ts';
import type { SimulatedController } from '../../state/controller.ts';
import { bringUp, createWorld, fleetInput, plainInput, primaryInput, type World } from '../test-kit.ts';

/** A device that was brought into the state of a row, and the command that is then sent to one of its controllers. */
export interface Scenario {
  readonly world: World;
  readonly controller: SimulatedController;
  readonly command: AdminCommand;
  /** What the completion says besides its status. */
  readonly dw0?: number;
  readonly dw1?: number;
  /** Sent right before on the same queue, without waiting for the completions. */
  readonly beside?: readonly AdminCommand[];
  /** Sent right afterwards on the same queue, while the command is outstanding. */
  readonly next?: readonly AdminCommand[];
}

/** Statuses without Do Not Retry: what stood in the way ends by itself, or the command itself was in order. */
const retryable: ReadonlySet<StatusName> = new Set(['sanitizeInProgress', 'abortRequested']);

/** The completion of a row as far as its status says it. */
export function rowCompletion(status: StatusName): AdminCompletion {
  return completionOf(status, retryable.has(status) ? { dnr: false } : {});
}

/** One status that the specification lists for a command, and how the simulated device is driven into it. */
export interface CoverageRow {
  /** Operation (selector, action, structure) of the command. */
  readonly operation: string;
  readonly condition: string;
  readonly status: StatusName;
  readonly scenario: () => Scenario;
}

/** A listed status that the device never answers. */
export interface AbsentStatus {
  readonly operation: string;
  readonly condition: string;
  readonly status: StatusName;
  readonly reason: string;
}

/** Everything about one command. */
export interface CoverageSection {
  readonly opcode: number;
  /** What it is about besides the command itself, such as one feature. */
  readonly part?: string;
  readonly clause: string;
  readonly rows: readonly CoverageRow[];
  readonly absent?: readonly AbsentStatus[];
}

type SubsystemChanges = Parameters<typeof fleetInput>[0];

/**
 * Primary 0 with secondaries 1 (a guest runs), 2 (online, disabled), 3 and 4 (offline); primary 10 of another host with
 * secondary 11 (online, disabled); controller 20 without SR-IOV. Namespace 2 is attached to controller 1.
 */
export function device(changes: SubsystemChanges = {}): World {
  const world = createWorld(
    fleetInput({
      controllers: [primaryInput(), primaryInput({ cntlid: 10, host: 'two' }), plainInput],
      ...changes,
    }),
  );
  bringUp(world.controller(0), 1, 4, 2);
  bringUp(world.controller(0), 2, 4, 2);
  bringUp(world.controller(10), 11, 4, 2);
  startController(world.controller(1), { processors: 4, workSeed: 1 });
  return world;
}

/** The same with the profile that follows captures of QEMU 7.2. */
export const qemuDevice = (): World => device({ profile: 'qemu-7.2' });

/** Controller 1 without I/O queues. */
export function idle(world: World): void {
  const { live } = world.controller(1);
  live.submissionQueues.clear();
  live.completionQueues.clear();
}

/** One command to one controller of a fresh device, nothing else. */
export function plainly(cntlid: number, command: AdminCommand, world: () => World = device): () => Scenario {
  return () => {
    const made = world();
    return { world: made, controller: made.controller(cntlid), command };
  };
}

/** The same after `prepare` has brought the device into a state. */
export function after(
  prepare: (world: World) => void,
  cntlid: number,
  command: AdminCommand,
  world: () => World = device,
): () => Scenario {
  return () => {
    const made = world();
    prepare(made);
    return { world: made, controller: made.controller(cntlid), command };
  };
}

/** Rows of one operation. */
export function operation(
  name: string,
  rows: readonly (readonly [condition: string, status: StatusName, scenario: () => Scenario])[],
): readonly CoverageRow[] {
  return rows.map(([condition, status, scenario]) => ({ operation: name, condition, status, scenario }));
}
