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
        `${name} does not answer any command until it is reset.`,
        ...machineLines(fleet, [controller], 'has a device that does not answer'),
        ...(controller.role === 'primary'
          ? ['Until then its secondary controllers keep working but cannot be managed, moved or migrated.']
          : []),
      ];
    }
    case 'function-reset': {
      const controller = fleet.controllers[fault.controllerId];
      if (controller === undefined) return gone;
      const name = controllerFullTitle(fleet, controller);
      return [
        `The queues, features and outstanding commands of ${name} are lost, and so is a suspended or half restored state.`,
        ...machineLines(fleet, [controller], 'sees its device restart'),
        ...(controller.role === 'primary'
          ? ['Its virtual functions disappear and its online secondary controllers go offline.']
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
        `Namespace ${namespace.nsid} and its data are permanently lost.`,
        users.length === 0
          ? 'It is not attached to a controller.'
          : `It is attached to ${users.map((user) => controllerFullTitle(fleet, user)).join(', ')}.`,
        ...machineLines(fleet, users, 'loses its data'),
      ];
    }
    case 'steal-resources': {
      const primary = fleet.controllers[fault.controllerId];
      if (primary?.role !== 'primary') return gone;
      const words = fault.resource === 'vq' ? 'virtual queues' : 'virtual interrupts';
      return [
        `Up to ${fault.count} free ${words} of ${controllerFullTitle(fleet, primary)} then belong to the primary controller; secondary controllers keep what they hold.`,
        'The device refuses plans that rely on them.',
      ];
    }
    case 'link':
      return [linkLine(fleet.hosts[fault.hostId]?.name ?? fault.hostId, fault.state)];
    default:
      return unreachable(fault);
  }
}

const gone: readonly string[] = ['It no longer exists.'];

function driveLines(fleet: Fleet, controller: Controller): string[] {
  const name = controllerFullTitle(fleet, controller);
  if (controller.role !== 'primary')
    return [
      `${name} restarts: its queues and unsaved settings are lost.`,
      ...machineLines(fleet, [controller], 'sees its device restart'),
    ];
  return [
    `All virtual functions of ${name} (${controller.numVfs ?? 0}) disappear; its secondary controllers go offline and lose their resources.`,
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
      return `Nothing passes over the migration link of ${host}: a migration from it waits, and fails after 30 s.`;
    case 'flapping':
      return `The migration link of ${host} is up for ${state.upMilliseconds} ms, then down for ${state.downMilliseconds} ms, and so on.`;
    case 'up':
      return state.share === 1
        ? `The migration link of ${host} is up at its full speed.`
        : `The migration link of ${host} runs at ${Math.round(state.share * 100)} % of its speed: migrations from it take longer.`;
    default:
      return unreachable(state);
  }
}
