import type { Controller, Fleet, Host, VirtualMachine } from './schema.ts';

/** What has died or lost something: in words for people, null where nothing has. One place for every view. */

/** How a controller has died, as far as it can be seen from outside. */
export type ControllerFailure = NonNullable<Controller['failure']>;

/** As they stand behind a name: `VF 3, fatal status`. */
const controllerFailureWords: Readonly<Record<ControllerFailure, string>> = {
  fatal: 'fatal status',
  removed: 'gone from the bus',
  'not-answering': 'not answering',
};

/** `fatal status`, `gone from the bus` or `not answering`. */
export function controllerFailure({ failure }: Pick<Controller, 'failure'>): string | null {
  return failure === undefined ? null : controllerFailureWords[failure];
}

/** `not answering`, or `lost power` until every virtual machine that it has runs again. */
export function hostFailure(fleet: Fleet, host: Host): string | null {
  if (host.unread === true) return 'not answering';
  if (host.lostPower !== true) return null;
  const machines = Object.values(fleet.virtualMachines).filter(({ hostId }) => hostId === host.id);
  const runAgain = machines.length > 0 && machines.every(({ state }) => state === 'running');
  return runAgain ? null : 'lost power';
}

/** `lost its drive`, `lost 1 of 2 drives`, or that a drive which it works with is offline or dead. */
export function machineFailure(fleet: Fleet, machine: VirtualMachine): string | null {
  const { lostDevices = [], deviceIds, state } = machine;
  const all = lostDevices.length + deviceIds.length;
  if (lostDevices.length > 0)
    return all === 1 ? 'lost its drive' : `lost ${lostDevices.length} of ${all} drives`;
  // Nobody misses a drive that dies under a guest which stands still, until it runs.
  if (state !== 'running') return null;
  const dead = deviceIds.flatMap((id) => deviceFailure(fleet.controllers[id]) ?? []);
  if (dead.length === 0) return null;
  return all === 1 ? `drive: ${dead[0]}` : `${dead.length} of ${all} drives: ${dead[0]}`;
}

/** Why a guest cannot work with a function that it has. */
function deviceFailure(controller: Controller | undefined): string | null {
  if (controller === undefined) return 'gone';
  if (controller.role === 'secondary' && !controller.online) return 'offline';
  return controllerFailure(controller);
}

/** Fleet ids of what has failed, by what it is. */
export interface FailedObjects {
  /** Guests that have lost a drive, or work with a dead one. */
  readonly machines: readonly string[];
  /** Hosts without power, or that do not answer. */
  readonly hosts: readonly string[];
  readonly controllers: readonly string[];
}

/** Everything in the fleet that has failed. */
export function failedObjects(fleet: Fleet): FailedObjects {
  return {
    machines: failed(fleet.virtualMachines, (machine) => machineFailure(fleet, machine)),
    hosts: failed(fleet.hosts, (host) => hostFailure(fleet, host)),
    controllers: failed<Controller>(fleet.controllers, controllerFailure),
  };
}

function failed<Thing extends { readonly id: string }>(
  things: Readonly<Record<string, Thing>>,
  failureOf: (thing: Thing) => string | null,
): string[] {
  return Object.values(things).flatMap((thing) => (failureOf(thing) === null ? [] : thing.id));
}
