import type { Controller, Fleet, VirtualMachine } from '../fleet/schema.ts';
import { controllerFullTitle, controllerTitle, freeResources, hostTitle } from '../fleet/selectors.ts';
import type { ChangedObject } from './rehearsal.ts';

/** Without what did it. */
type DifferentObject = Omit<ChangedObject, 'lines' | 'typed'>;

type Fields = Readonly<Record<string, string>>;

interface Described {
  readonly title: string;
  readonly fields: Fields;
}

/** What differs between two states of one fleet, in words; objects in the order of their titles. Pure. */
export function fleetDifference(before: Fleet, after: Fleet): readonly DifferentObject[] {
  const was = describeFleet(before, after);
  const is = describeFleet(after, before);
  const ids = [...new Set([...was.keys(), ...is.keys()])];
  return ids
    .flatMap((id) => difference(id, was.get(id), is.get(id)) ?? [])
    .sort((left, right) => left.title.localeCompare(right.title, 'en', { numeric: true }));
}

function difference(
  id: string,
  was: Described | undefined,
  is: Described | undefined,
): DifferentObject | null {
  const { title } = is ?? was ?? { title: id };
  const kind = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
  const names = [...new Set([...Object.keys(was?.fields ?? {}), ...Object.keys(is?.fields ?? {})])];
  const fields = names
    .map((name) => ({ name, before: was?.fields[name] ?? '–', after: is?.fields[name] ?? '–' }))
    .filter((field) => field.before !== field.after);
  return fields.length === 0 && kind === 'changed' ? null : { id, title, kind, fields };
}

/** Only what is not the same object in the other fleet: discovery keeps what it did not read anew. */
function describeFleet(fleet: Fleet, other: Fleet): Map<string, Described> {
  const found = new Map<string, Described>();
  for (const [id, controller] of Object.entries(fleet.controllers))
    if (other.controllers[id] !== controller)
      found.set(id, {
        title: controllerFullTitle(fleet, controller),
        fields: controllerFields(fleet, controller),
      });
  for (const [id, namespace] of Object.entries(fleet.namespaces))
    if (other.namespaces[id] !== namespace)
      found.set(id, {
        title: `Namespace ${namespace.nsid} of ${namespace.subsystemId}`,
        fields: { size: `${namespace.sizeBytes} bytes`, 'block size': String(namespace.blockSize) },
      });
  for (const [id, machine] of Object.entries(fleet.virtualMachines))
    if (other.virtualMachines[id] !== machine)
      found.set(id, {
        title: `${machine.name} on ${hostTitle(fleet, machine.hostId)}`,
        fields: machineFields(fleet, machine),
      });
  for (const [id, subsystem] of Object.entries(fleet.virtualSubsystems))
    if (other.virtualSubsystems[id] !== subsystem)
      found.set(id, {
        title: `Virtual subsystem ${subsystem.nqn}`,
        fields: {
          members: listed(
            subsystem.members.map(
              ({ controllerId, virtualControllerId }) =>
                `${titleOf(fleet, controllerId)} as ${virtualControllerId}`,
            ),
          ),
        },
      });
  return found;
}

function controllerFields(fleet: Fleet, controller: Controller): Fields {
  const common = {
    driver: controller.driver ?? 'none',
    device: controller.deviceName ?? 'none',
    address: controller.pciAddress ?? 'none',
    namespaces: listed(controller.attachedNamespaces.map(String)),
  };
  switch (controller.role) {
    case 'plain':
      return common;
    case 'primary':
      return {
        ...common,
        'VF count': String(controller.numVfs),
        autoprobe: controller.driversAutoprobe ? 'on' : 'off',
        'VQ free': String(freeResources(controller, 'vq')),
        'VI free': String(freeResources(controller, 'vi')),
        'VQ of its own': String(controller.vq.allocatedToPrimary),
        'VI of its own': String(controller.vi.allocatedToPrimary),
      };
    case 'secondary':
      return {
        ...common,
        state: controller.online ? 'online' : 'offline',
        VQ: String(controller.nvq),
        VI: String(controller.nvi),
        guest: fleet.virtualMachines[controller.virtualMachineId ?? '']?.name ?? 'none',
        'virtual id':
          controller.virtualControllerId === null ? 'none' : String(controller.virtualControllerId),
      };
  }
}

function machineFields(fleet: Fleet, { state, deviceIds }: VirtualMachine): Fields {
  return { state, drives: listed(deviceIds.map((id) => titleOf(fleet, id))) };
}

function titleOf(fleet: Fleet, controllerId: string): string {
  const controller = fleet.controllers[controllerId];
  return controller === undefined ? controllerId : controllerTitle(controller);
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join(', ');
}
