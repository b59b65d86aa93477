import { expect } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import { parseFleetFile } from '#shared/fleet-file/parse.ts';
import { type FleetFile, type FleetFileInput, fleetFileSchema } from '#shared/fleet-file/schema.ts';
import { type AdminCommand, type AdminCompletion, statusValue } from '#shared/nvme/command.ts';
import { identify, identifyLength } from '#shared/nvme/commands/identify.ts';
import { functionManagement } from '#shared/nvme/commands/proposal/function-management.ts';
import { virtualizationManagement } from '#shared/nvme/commands/virtualization-management.ts';
import type { Clock } from '../../../ports.ts';
import type { AdminQueue } from '../../admin-queue.ts';
import type { QueueOwner } from '../../traced-admin-queue.ts';
import { execute } from '../commands/execute.ts';
import { joinParts } from '../file/state-parts.ts';
import { StateTexts } from '../file/state-texts.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import { createSimulatedFleet, type SimulatedFleet } from '../simulated-fleet.ts';
import { isPrimary, type SimulatedController, type SimulatedPrimary } from '../state/controller.ts';

/** What tests of the simulated device share: a clock that never waits, small fleets, short command builders. */

/** Sleeping moves its time on at once. */
function virtualClock(): Clock & { advance(milliseconds: number): void } {
  let milliseconds = 0;
  return {
    now: () => milliseconds,
    microseconds: () => milliseconds * 1000,
    async sleep(duration) {
      milliseconds += duration;
    },
    advance(duration) {
      milliseconds += duration;
    },
  };
}

type SubsystemInput = NonNullable<FleetFileInput['subsystems']>[number];
type PrimaryInput = Extract<SubsystemInput['controllers'][number], { role: 'primary' }>;

const drive = {
  kind: 'fields',
  identity: { serialNumber: 'TEST0001', modelNumber: 'Test Drive', firmwareRevision: '1.0' },
} as const;

/** A primary with 16 VQ and 8 VI, 4 VFs of which `numVfs` are enabled; CNTLIDs follow its own. */
export function primaryInput(changes: Partial<PrimaryInput> = {}): PrimaryInput {
  return {
    role: 'primary',
    cntlid: 0,
    host: 'one',
    address: '0000:01:00.0',
    identify: drive,
    sriov: { totalVfs: 4, numVfs: 4, driversAutoprobe: false },
    vq: { kind: 'flexible', total: 16, secondaryMaximum: 6, privateToPrimary: 3 },
    vi: { kind: 'flexible', total: 8, secondaryMaximum: 4, privateToPrimary: 2 },
    ...changes,
  };
}

export const plainInput = {
  role: 'plain',
  cntlid: 20,
  host: 'one',
  address: '0000:02:00.0',
  identify: drive,
} as const;

/** A primary without SR-IOV that can provision three functions, CNTLIDs 256 to 258. */
export function siovPrimaryInput(changes: Partial<PrimaryInput> = {}): PrimaryInput {
  return primaryInput({
    sriov: { totalVfs: 0 },
    provisioned: { maximum: 3, firstCntlid: 256 },
    ...changes,
  });
}

/** Hosts `one` and `two` with one NVM subsystem. */
export function fleetInput(subsystem: Partial<SubsystemInput> = {}): FleetFileInput {
  return {
    format: 'berth-fleet',
    version: 1,
    name: 'test',
    hosts: [
      { name: 'one', linkBytesPerSecond: 1_000_000_000 },
      { name: 'two', linkBytesPerSecond: 1_000_000_000 },
    ],
    subsystems: [
      {
        nqn: 'nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555',
        capacityBytes: 1_000_000_000,
        controllers: [primaryInput(), plainInput],
        namespaces: [
          { nsid: 1, blocks: 1000, attachedTo: [0] },
          { nsid: 2, blocks: 1000, nguid: 'a'.repeat(32), attachedTo: [1] },
          { nsid: 3, blocks: 1000, shared: false },
        ],
        ...subsystem,
      },
    ],
  };
}

/** The same with a primary that provisions its functions. */
export function siovFleetInput(
  provisioned: PrimaryInput['provisioned'] = { maximum: 3, firstCntlid: 256 },
): FleetFileInput {
  return fleetInput({
    profile: 'siov-like',
    controllers: [siovPrimaryInput({ provisioned })],
    namespaces: [{ nsid: 1, blocks: 1000, attachedTo: [0] }],
  });
}

export interface World {
  readonly file: FleetFile;
  readonly fleet: SimulatedFleet & { exportState(): FleetFile };
  readonly clock: ReturnType<typeof virtualClock>;
  /** Every command that a traced queue carried. */
  readonly trace: { readonly owner: QueueOwner; readonly command: AdminCommand }[];
  host(name: string): SimulatedHost;
  controller(cntlid: number, subsystem?: number): SimulatedController;
  primary(cntlid: number, subsystem?: number): SimulatedPrimary;
}

export function createWorld(input: FleetFileInput = fleetInput()): World {
  const file = fleetFileSchema.parse(input);
  const clock = virtualClock();
  const trace: World['trace'] = [];
  const fleet = createSimulatedFleet(file, {
    clock,
    trace: (queue, owner): AdminQueue => ({
      submit(command) {
        trace.push({ owner, command });
        return queue.submit(command);
      },
    }),
  });
  if (!fleet.ok) throw new Error([fleet.error.message, ...(fleet.error.details ?? [])].join('\n'));
  const controller = (cntlid: number, subsystem = 0) => {
    const found = fleet.value.subsystems[subsystem]?.controllers.get(cntlid);
    if (!found) throw new Error(`no controller ${cntlid}`);
    return found;
  };
  return {
    file,
    fleet: {
      ...fleet.value,
      exportState: () => exportedState(file, fleet.value.state, clock.microseconds()),
    },
    clock,
    trace,
    host(name) {
      const found = fleet.value.hosts.find((host) => host.id === name);
      if (!found) throw new Error(`no host ${name}`);
      return found;
    },
    controller,
    primary(cntlid, subsystem) {
      const found = controller(cntlid, subsystem);
      if (!isPrimary(found)) throw new Error(`controller ${cntlid} is not a primary`);
      return found;
    },
  };
}

function exportedState(file: FleetFile, state: StateTexts, microseconds: number): FleetFile {
  const { clock: _clock, ...rest } = atOnce(
    joinParts(state.parts({ mode: 'paused', microseconds })),
  ) as FleetFile;
  return file.clock === undefined ? rest : { ...rest, clock: file.clock };
}

/** The state of the fleet as JSON carries it. */
export const exported = (world: World): unknown => world.fleet.exportState();

/** Everything that has changed since the state was asked for first was noticed: it is what it is for whoever asks first. */
export function expectNoticed({ file, fleet, clock }: World): void {
  const anew = exportedState(file, new StateTexts(file, fleet.hosts, fleet.subsystems), clock.microseconds());
  expect(JSON.stringify(fleet.exportState())).toBe(JSON.stringify(anew));
}

/**
 * Resolves when the commands that a driver sent by itself, as when its VFIO device closes, have completed: a fleet file does
 * not carry commands under way.
 */
export const commandsEnd = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The fleet made anew from what was exported, through the door that files come in by. */
export function rebuilt(world: World): World {
  const file = atOnce(parseFleetFile(JSON.stringify(exported(world)), 'export'));
  if (!file.ok) throw new Error([file.error.message, ...(file.error.details ?? [])].join('\n'));
  return createWorld(file.value);
}

/** Executes and returns the completion; throws when there is none. */
export function run(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const execution = execute(controller, command);
  if (execution.kind !== 'completed') throw new Error(`the command is ${execution.kind}`);
  return execution.completion;
}

/** Status as nvme-cli prints it, 0 for success. */
export function status(controller: SimulatedController, command: AdminCommand): number {
  return statusValue(run(controller, command));
}

export function virtMgmt(act: number, cntlid: number, rt = 0, nr = 0): AdminCommand {
  return virtualizationManagement.encode({ cntlid, rt, act, nr });
}

export function identifyCommand(cns: number, nsid = 0, cntid = 0): AdminCommand {
  return identify.encode({ nsid, cns, cntid }, { readLength: identifyLength });
}

/** Function Management (proposal). */
export function functionCommand(sel: number, cntlid: number, handle = 0): AdminCommand {
  return functionManagement.encode({ sel, cntlid, handle });
}

/** Assigns resources to a secondary and brings it online. */
export function bringUp(primary: SimulatedController, cntlid: number, vq = 4, vi = 2): void {
  for (const command of [virtMgmt(8, cntlid, 0, vq), virtMgmt(8, cntlid, 1, vi), virtMgmt(9, cntlid)])
    if (status(primary, command) !== 0) throw new Error(`controller ${cntlid} does not come up`);
}
