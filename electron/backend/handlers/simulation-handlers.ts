import type { Fleet } from '#shared/fleet/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { ClockMode } from '#shared/simulation/clock-state.ts';
import type { FleetWriter } from '../fleet/fleet-writer.ts';
import type { SimulatedSubsystem } from '../hosts/simulated/state/subsystem.ts';
import { ObjectFinder } from '../simulation/find-faulty-objects.ts';
import { type FoundFault, performFault } from '../simulation/perform-fault.ts';
import type { Simulation } from '../simulation/simulation.ts';
import type { Handlers } from './handler.ts';

export type SimulationChannel =
  | 'simulation:clock'
  | 'simulation:set-clock'
  | 'simulation:step'
  | 'simulation:faults'
  | 'simulation:add-fault'
  | 'simulation:clear-fault'
  | 'simulation:device-fault';

export interface SimulationDependencies {
  /** Null while something real or recorded is open. */
  readonly simulation: () => Simulation | null;
  readonly writer: Pick<FleetWriter, 'fleet' | 'reread'>;
  /** Writes the state of the fleet to disk; with `mode` in place of that of its clock. */
  readonly keep: (mode?: ClockMode) => Promise<Result<void>>;
}

/** The window's door to the inside of a simulated fleet: its clock, its faults. */
export function createSimulationHandlers(deps: SimulationDependencies): Handlers<SimulationChannel> {
  const { simulation, writer, keep } = deps;
  const within = async <T>(work: (inside: Simulation) => Promise<Result<T>>): Promise<Result<T>> => {
    const inside = simulation();
    return inside === null ? noSimulation(writer.fleet) : work(inside);
  };
  const finder = ({ hosts }: Simulation) => new ObjectFinder(writer.fleet, hosts);
  return {
    'simulation:clock': async () => {
      const inside = simulation();
      return succeed({
        capability:
          inside === null
            ? { available: false as const, reason: machineTime(writer.fleet) }
            : { available: true as const },
        clock: inside?.clock.state() ?? null,
      });
    },
    'simulation:set-clock': ({ mode }) =>
      within(async ({ clock }) => {
        // Kept first: what is answered with an error has not happened.
        const kept = await keep(mode);
        if (!kept.ok) return kept;
        clock.setMode(mode);
        return succeed({ clock: clock.state() });
      }),
    'simulation:step': ({ milliseconds }) =>
      within(async ({ clock }) => {
        if (milliseconds === undefined) {
          const ended = await clock.step();
          return succeed({ ended, clock: clock.state() });
        }
        clock.setMode('paused');
        await clock.advance(milliseconds);
        return succeed({ ended: null, clock: clock.state() });
      }),
    'simulation:faults': () =>
      within(async (inside) =>
        succeed({
          faults: subsystemsOf(writer.fleet, inside).flatMap(({ id, subsystem }) =>
            subsystem.faults.list().map((fault) => ({ ...fault, subsystemId: id })),
          ),
          injected: [...inside.faultHistory.list()],
        }),
      ),
    'simulation:add-fault': ({ subsystemId, controllerId, fault }) =>
      within(async (inside) => {
        const subsystem = finder(inside).subsystem(subsystemId);
        if (!subsystem.ok) return subsystem;
        const controller = controllerId === null ? null : finder(inside).controller(controllerId);
        if (controller?.ok === false) return controller;
        if (controller !== null && controller.value.controller.subsystem !== subsystem.value)
          return fail(
            'invalid-request',
            `${controller.value.name} is not a controller of ${subsystem.value.nqn}.`,
            {
              object: controller.value.name,
              field: 'controller',
              fix: 'Choose a controller of the NVM subsystem, or any controller.',
            },
          );
        const cntlid = controller === null ? null : controller.value.controller.cntlid;
        return succeed({ number: subsystem.value.faults.add({ ...fault, cntlid }) });
      }),
    'simulation:clear-fault': ({ subsystemId, number }) =>
      within(async (inside) => {
        const subsystem = finder(inside).subsystem(subsystemId);
        if (!subsystem.ok) return subsystem;
        if (subsystem.value.faults.remove(number)) return succeed({});
        return fail('not-found', `Fault ${number} is no longer waiting.`, {
          object: subsystem.value.nqn,
          field: 'fault',
          fix: 'It has hit all its commands, or has been removed.',
        });
      }),
    'simulation:device-fault': ({ fault }) =>
      within(async (inside) => {
        const found = finder(inside).objectsOf(fault);
        if (!found.ok) return found;
        const touched = hostsOf(found.value, inside);
        // Kept once before, too: where nothing can be written, nothing happens.
        const writable = await keep();
        if (!writable.ok) return writable;
        const done = performFault(found.value);
        if (!done.ok) return done;
        inside.faultHistory.happened(done.value.words, touched);
        await writer.reread(touched);
        // It has happened; the store remembers what it could not write, and tells so.
        await keep();
        return succeed({ words: done.value.words });
      }),
  };
}

function noSimulation(fleet: Fleet): Result<never> {
  return fail('not-supported', machineTime(fleet), {
    object: fleet.source.label,
    fix: 'Open a simulated fleet, or the capture as a simulated twin.',
  });
}

/** Why there is no simulated clock and nothing to inject. */
function machineTime({ source }: Fleet): string {
  return `${source.label} is not simulated: it follows the machine's clock, and faults cannot be injected.`;
}

/** The hosts that may see something of it: those that reach the NVM subsystem. */
function hostsOf(fault: FoundFault, { hosts }: Simulation): string[] {
  const own = 'host' in fault ? fault.host : fault.target.host;
  const subsystems = new Set(
    'host' in fault
      ? [...own.kernel.functions.values()].map(({ controller }) => controller.subsystem)
      : [fault.target.controller.subsystem],
  );
  if (fault.kind === 'link') return [own.id];
  return hosts
    .filter((host) =>
      [...host.kernel.functions.values()].some(({ controller }) => subsystems.has(controller.subsystem)),
    )
    .map(({ id }) => id);
}

function subsystemsOf(
  fleet: Fleet,
  { hosts }: Simulation,
): readonly { readonly id: string; readonly subsystem: SimulatedSubsystem }[] {
  const finder = new ObjectFinder(fleet, hosts);
  return Object.keys(fleet.subsystems).flatMap((id) => {
    const subsystem = finder.subsystem(id);
    return subsystem.ok ? [{ id, subsystem: subsystem.value }] : [];
  });
}
