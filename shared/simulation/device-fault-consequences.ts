import type { Controller, Fleet } from '../fleet/schema.ts';
import { controllerFullTitle, secondariesOf } from '../fleet/selectors.ts';
import { unreachable } from '../result.ts';
import type { DeviceFault } from './device-faults.ts';

/** What dies with it, in words, as far as the fleet that is known now tells. Never empty. */
export function deviceFaultConsequences(fleet: Fleet, fault: DeviceFault): readonly string[] {
  switch (fault.kind) {
    case 'controller-fatal': {
      const controller = fleet.controllers[fault.controllerId];
      if (controller === undefined) return gone;
      const name = controllerFullTitle(fleet, controller);
      return [
        `${name} answers no command any more until it is reset.`,
        ...machineLines(fleet, [controller], 'has a device that does not answer'),
        ...(controller.role === 'primary'
          ? ['Its secondaries cannot be managed, moved or migrated meanwhile; they go on working.']
          : []),
      ];
    }
    case 'function-reset': {
      const controller = fleet.controllers[fault.controllerId];
      if (controller === undefined) return gone;
      const name = controllerFullTitle(fleet, controller);
      return [
        `The queues, features and outstanding commands of ${name} are gone; a suspended or half restored state too.`,
        ...machineLines(fleet, [controller], 'sees its device start anew'),
        ...(controller.role === 'primary'
          ? ['Its virtual functions disappear and its online secondaries go offline.']
          : []),
        ...(controller.role === 'primary'
          ? machineLines(fleet, secondariesOf(fleet, controller), 'loses its device')
          : []),
      ];
    }
    case 'drive-power-loss': {
      const controller = fleet.controllers[fault.controllerId];
      return controller === undefined ? gone : driveLines(fleet, controller);
    }
    case 'host-power-loss': {
      const host = fleet.hosts[fault.hostId];
      if (host === undefined) return gone;
      const machines = Object.values(fleet.virtualMachines).filter(({ hostId }) => hostId === host.id);
      const drives = Object.values(fleet.controllers).filter(
        (controller) => controller.hostId === host.id && controller.role !== 'secondary',
      );
      return [
        machines.length === 0
          ? `${host.name} has no virtual machine.`
          : `Every virtual machine of ${host.name} stops: ${machines.map(({ name }) => name).join(', ')}.`,
        ...drives.flatMap((drive) => driveLines(fleet, drive)),
        'Migrations from and to this host end with an error.',
      ];
    }
    case 'remove-namespace': {
      const namespace = fleet.namespaces[fault.namespaceId];
      if (namespace === undefined) return gone;
      const users = namespace.attachedTo.flatMap((id) => fleet.controllers[id] ?? []);
      return [
        `Namespace ${namespace.nsid} and its data are gone for good.`,
        users.length === 0
          ? 'It is attached to no controller.'
          : `It is attached to ${users.map((user) => controllerFullTitle(fleet, user)).join(', ')}.`,
        ...machineLines(fleet, users, 'loses its data'),
      ];
    }
    case 'steal-resources': {
      const primary = fleet.controllers[fault.controllerId];
      if (primary?.role !== 'primary') return gone;
      const words = fault.resource === 'vq' ? 'virtual queues' : 'virtual interrupts';
      return [
        `Up to ${fault.count} free ${words} of ${controllerFullTitle(fleet, primary)} belong to the primary then; what secondaries hold stays theirs.`,
        'Plans that counted on them are refused by the device.',
      ];
    }
    case 'link':
      return [linkLine(fleet.hosts[fault.hostId]?.name ?? fault.hostId, fault.state)];
    default:
      return unreachable(fault);
  }
}

const gone: readonly string[] = ['It is not there any more.'];

function driveLines(fleet: Fleet, controller: Controller): string[] {
  const name = controllerFullTitle(fleet, controller);
  if (controller.role !== 'primary')
    return [
      `${name} starts anew: its queues and settings that are not saved are gone.`,
      ...machineLines(fleet, [controller], 'sees its device start anew'),
    ];
  return [
    `The ${controller.numVfs ?? 0} virtual functions of ${name} disappear, its secondaries go offline and hold nothing any more.`,
    ...machineLines(fleet, secondariesOf(fleet, controller), 'loses its device'),
  ];
}

function machineLines(fleet: Fleet, controllers: readonly Controller[], what: string): string[] {
  const names = new Set(
    controllers.flatMap((controller) => {
      const id = controller.role === 'secondary' ? controller.virtualMachineId : null;
      const machine = id === null ? undefined : fleet.virtualMachines[id];
      return machine === undefined ? [] : [machine.name];
    }),
  );
  return [...names].map((name) => `Virtual machine ${name} ${what}.`);
}

function linkLine(host: string, state: Extract<DeviceFault, { kind: 'link' }>['state']): string {
  switch (state.kind) {
    case 'down':
      return `Nothing passes over the migration link of ${host}: a migration from it waits, and gives up after 30 s.`;
    case 'flapping':
      return `The migration link of ${host} is up for ${state.upMilliseconds} ms and down for ${state.downMilliseconds} ms in turn.`;
    case 'up':
      return state.share === 1
        ? `The migration link of ${host} is up at its full speed.`
        : `The migration link of ${host} passes ${Math.round(state.share * 100)} % of its speed: migrations from it take longer.`;
    default:
      return unreachable(state);
  }
}
