import type { Controller, Fleet } from '#shared/fleet/schema.ts';
import { functionAddress } from '#shared/fleet/selectors.ts';
import {
  namespaceAttachment,
  namespaceAttachmentSelectors,
} from '#shared/nvme/commands/namespace-attachment.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  virtualizationActions,
  virtualizationManagement,
} from '#shared/nvme/commands/virtualization-management.ts';
import { decodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import type { CutOffGuest } from '#shared/procedure/agreement.ts';
import { interruptionsOf } from '#shared/procedure/interruptions.ts';
import { definitionOf, type Step } from '#shared/procedure/step.ts';
import type { Threat } from '#shared/rehearsal/rehearsal.ts';
import type { ConsoleSysfs } from '../console/console-host.ts';
import type { HostChange } from '../terminal/watched-console.ts';

type CommandChange = Extract<HostChange, { kind: 'command' }>;

/**
 * Which guests a change interrupts on this fleet; null: none. It is what Berth's own steps say of the same change, so
 * that a script and a procedure are judged alike. Of what the device would refuse, more may be foreseen than happens.
 */
export function foresee(
  change: HostChange,
  { fleet, hostId, sysfs }: { readonly fleet: Fleet; readonly hostId: string; readonly sysfs: ConsoleSysfs },
): Threat | null {
  const found = stepsOf(change, fleet, hostId, sysfs);
  const { guests, lines } = interruptionsOf(fleet, found);
  if (guests.length === 0) return null;
  return { guests: [...guests], losses: [...lines], functionIds: functionsOf(fleet, found, guests) };
}

/** Those of the guests that the steps are about, by themselves or by their primary controller. */
function functionsOf(fleet: Fleet, steps: readonly Step[], guests: readonly CutOffGuest[]): string[] {
  const targets = new Set(steps.flatMap((step) => definitionOf(step).targets(step).controllers ?? []));
  const subsystems = new Set(
    [...targets].flatMap((id) => {
      const target = fleet.controllers[id];
      return target === undefined || target.role === 'secondary' ? [] : [target.subsystemId];
    }),
  );
  return Object.values(fleet.controllers).flatMap((one) =>
    one.role === 'secondary' &&
    guests.some(({ id }) => id === one.virtualMachineId) &&
    (targets.has(one.id) || subsystems.has(one.subsystemId))
      ? [one.id]
      : [],
  );
}

/** Whether anything of this kind could interrupt somebody: then the fleet must be known as it is. */
export function mayInterrupt(change: HostChange, fleet: Fleet, hostId: string, sysfs: ConsoleSysfs): boolean {
  return stepsOf(change, fleet, hostId, sysfs).length > 0;
}

function stepsOf(change: HostChange, fleet: Fleet, hostId: string, sysfs: ConsoleSysfs): readonly Step[] {
  const own = Object.values(fleet.controllers).filter((one) => one.hostId === hostId);
  const at = (address: string) => own.find((one) => functionAddress(one) === address);
  switch (change.kind) {
    case 'command': {
      const manager = at(change.address);
      return manager === undefined ? [] : commandSteps(change, fleet, manager);
    }
    case 'sysfs':
      return sysfsSteps(change, sysfs, at);
    case 'reset': {
      const name = change.device.replace(/^\/dev\//, '');
      const target = own.find(({ deviceName }) => deviceName === name);
      if (target === undefined) return [];
      const kind = change.scope === 'controller' ? 'controller-reset' : 'subsystem-reset';
      return [{ kind, controllerId: target.id }];
    }
    case 'machine': {
      const machine = Object.values(fleet.virtualMachines).find(
        (one) => one.hostId === hostId && one.name === change.name,
      );
      const device = at(change.address ?? '');
      if (change.act !== 'detach' || machine === undefined || device === undefined) return [];
      return [{ kind: 'vm-detach-device', virtualMachineId: machine.id, controllerId: device.id }];
    }
    case 'driver': {
      const target = at(change.address);
      return target === undefined || target.driver === change.driver ? [] : [unbind(target)];
    }
    // What happens to a script is not its own doing.
    case 'simulation':
      return [];
  }
}

function commandSteps({ command }: CommandChange, fleet: Fleet, manager: Controller): readonly Step[] {
  const same = Object.values(fleet.controllers).filter(
    ({ subsystemId }) => subsystemId === manager.subsystemId,
  );
  const withId = (cntlid: number) => same.filter((one) => one.cntlid === cntlid);
  const detached = (of: readonly Controller[], nsid: number): Step[] =>
    of
      .filter(({ attachedNamespaces }) => attachedNamespaces.includes(nsid))
      .map(({ id }) => ({ kind: 'detach-namespace', controllerId: id, nsid }));
  switch (command.opcode) {
    case adminOpcodes.virtualizationManagement: {
      const { act, cntlid } = virtualizationManagement.decode(command);
      if (act !== virtualizationActions.secondaryOffline.value) return [];
      return withId(cntlid).flatMap(({ id, role }) =>
        role === 'secondary' ? [{ kind: 'secondary-offline' as const, secondaryId: id }] : [],
      );
    }
    case adminOpcodes.namespaceAttachment: {
      const { sel, nsid } = namespaceAttachment.decode(command);
      if (sel !== namespaceAttachmentSelectors.detach.value || command.data === undefined) return [];
      const list = decodeControllerList(command.data);
      return list.ok ? list.value.identifiers.flatMap((id) => detached(withId(id), nsid)) : [];
    }
    // Deleted, formatted or sanitized: whoever had it has its data no longer.
    case adminOpcodes.namespaceManagement:
    case adminOpcodes.formatNvm:
    case adminOpcodes.sanitize: {
      const isCreation = command.opcode === adminOpcodes.namespaceManagement && (command.cdw10 & 0xf) === 0;
      if (isCreation) return [];
      const every = command.opcode === adminOpcodes.sanitize || command.nsid === 0xffff_ffff;
      const nsids = every ? new Set(same.flatMap((one) => one.attachedNamespaces)) : [command.nsid];
      return [...nsids].flatMap((nsid) => detached(same, nsid));
    }
    default:
      return [];
  }
}

const addressPattern = /[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]/g;

function sysfsSteps(
  { path, text }: Extract<HostChange, { kind: 'sysfs' }>,
  sysfs: ConsoleSysfs,
  at: (address: string) => Controller | undefined,
): readonly Step[] {
  const whole = sysfs.canonical(path) ?? path;
  const attribute = whole.slice(whole.lastIndexOf('/') + 1);
  const written = text.trim();
  const target = at((attribute === 'unbind' ? written : whole).match(addressPattern)?.at(-1) ?? '');
  if (target === undefined) return [];
  switch (attribute) {
    case 'reset':
      return [{ kind: 'function-level-reset', controllerId: target.id }];
    case 'reset_controller':
      return [{ kind: 'controller-reset', controllerId: target.id }];
    case 'unbind':
    case 'remove':
    case 'delete_controller':
      return [unbind(target)];
    case 'sriov_numvfs': {
      const count = Number(written);
      // Linux only goes from 0 to a number, and from a number to 0.
      if (target.role !== 'primary' || target.numVfs === 0 || count !== 0) return [];
      return [{ kind: 'set-vf-count', primaryId: target.id, count: 0 }];
    }
    default:
      return [];
  }
}

function unbind({ id }: Controller): Step {
  return { kind: 'set-driver', controllerId: id, driver: null };
}
