import { lazy } from 'react';
import { type CommandId, commandOf } from '#shared/commands/command-table.ts';
import type { Controller, Fleet } from '#shared/fleet/schema.ts';
import { controllerTitle, findSecondary, virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import { startMigration, startMigrations } from '../navigation.ts';
import { stage } from '../procedures/intents.ts';
import { showFaults } from '../simulation/simulation-dialogs.tsx';
import { copyText } from '../ui/controls/copy-button.tsx';
import { showCreateDialog } from '../virtual-subsystems/create/show-create-dialog.tsx';
import { fullIdentity } from './identity.ts';
import {
  anyRole,
  forController,
  forControllers,
  type Offer,
  type OfferForAll,
  offerOf,
  type Selection,
} from './offers.ts';
import { closeDialog, showDialog } from './shown-dialog.ts';
import {
  flexibleReason,
  functionReason,
  hostReason,
  type Reason,
  vfCountReason,
  virtualSubsystemReason,
} from './unavailable.ts';
import { takeOf } from './whole-selection.ts';

// Each dialog is loaded when it is first opened: the actions themselves are needed as soon as the topology shows.
const AssignDialog = lazy(async () => ({ default: (await import('./assign-dialog.tsx')).AssignDialog }));
const DriverDialog = lazy(async () => ({ default: (await import('./driver-dialog.tsx')).DriverDialog }));
const NamespacesDialog = lazy(async () => ({
  default: (await import('./namespaces-dialog.tsx')).NamespacesDialog,
}));
const ProvisionDialog = lazy(async () => ({
  default: (await import('../virtual-subsystems/provision/provision-dialog.tsx')).ProvisionDialog,
}));
const ResetDialog = lazy(async () => ({ default: (await import('./reset-dialog.tsx')).ResetDialog }));
const ResourcesDialog = lazy(async () => ({
  default: (await import('./resources-dialog.tsx')).ResourcesDialog,
}));
const VfCountDialog = lazy(async () => ({ default: (await import('./vf-count-dialog.tsx')).VfCountDialog }));

/** An action as a menu or a row of buttons shows it. */
export interface ObjectAction {
  readonly id: string;
  /** The command of the table that it is, for the key binding and the palette. */
  readonly command: CommandId | null;
  readonly label: string;
  readonly danger: boolean;
  /** Acts on the last object of a larger selection alone; its label says so. */
  readonly onlyLast: boolean;
  readonly unavailable: Reason;
  readonly run: () => void;
}

type ActionDefinition = {
  readonly danger?: true;
} & (
  | {
      /** What it would do with one object; null: this cannot be done with such an object. */
      readonly offer: (id: string, fleet: Fleet) => Offer | null;
    }
  | {
      /** Takes everything in the selection that it can act on; null: nothing in it is of its kind. */
      readonly offerForAll: (selection: Selection) => OfferForAll | null;
    }
) &
  (
    | { readonly command: CommandId; readonly label?: string }
    // Offered beside its object only: neither the palette nor the native menu has it.
    | { readonly command: null; readonly id: string; readonly label: string }
  );

/**
 * Everything that can be done with objects of the fleet, in the order in which menus show it. An action with a dialog is
 * a row of the command table, an entry here and the dialog.
 */
const definitions: readonly ActionDefinition[] = [
  {
    command: 'vf-count',
    offerForAll: forControllers(
      ['primary'],
      (primary, fleet) => hostReason(fleet, primary.hostId, 'changePci') ?? vfCountReason(primary),
      (ids, left) => showDialog((now) => <VfCountDialog fleet={now} controllerIds={ids} left={left} />),
    ),
  },
  {
    command: null,
    id: 'provision',
    label: 'Provision functions…',
    offer: forController(['primary'], ({ id, hostId }, fleet) => ({
      unavailable: hostReason(fleet, hostId, 'changeControllers'),
      run: () => showDialog((now) => <ProvisionDialog fleet={now} primaryId={id} onClose={closeDialog} />),
    })),
  },
  {
    command: 'assign',
    offerForAll: forControllers(['secondary'], changeReason, (ids, left) =>
      showDialog((now) => <AssignDialog fleet={now} secondaryIds={ids} left={left} />),
    ),
  },
  { command: 'resources', offerForAll: changeResources },
  { command: 'online', label: 'Online…', offerForAll: setOnline(true) },
  { command: 'offline', label: 'Offline…', danger: true, offerForAll: setOnline(false) },
  { command: 'namespaces', offerForAll: changeNamespaces },
  { command: 'new-virtual-subsystem', offer: newVirtualSubsystem },
  {
    command: null,
    id: 'remove',
    label: 'Remove from virtual subsystem…',
    // The plan says of the others that they are in none.
    offerForAll: ({ fleet, ids }) =>
      ids.some((id) => findSecondary(fleet, id)?.virtualSubsystemId != null)
        ? forControllers(['secondary'], changeReason, (secondaryIds, left) =>
            stage({ kind: 'remove-from-virtual-subsystem', secondaryIds }, left),
          )({ fleet, ids })
        : null,
  },
  {
    command: null,
    id: 'deprovision',
    label: 'Deprovision…',
    danger: true,
    offerForAll: ({ fleet, ids }) =>
      offerOf(
        takeOf(ids, {
          find: (id) => {
            const secondary = findSecondary(fleet, id);
            return secondary !== undefined && isProvisioned(secondary) ? secondary : undefined;
          },
          ...{ one: 'a provisioned function', several: 'provisioned functions' },
          judge: (secondary) => changeReason(secondary, fleet),
        }),
        (secondaryIds, left) => stage({ kind: 'deprovision', secondaryIds }, left),
      ),
  },
  {
    command: 'reset',
    danger: true,
    offerForAll: forControllers(
      anyRole,
      (controller, fleet) => hostReason(fleet, controller.hostId, 'changePci') ?? functionReason(controller),
      (ids, left) => showDialog((now) => <ResetDialog fleet={now} controllerIds={ids} left={left} />),
    ),
  },
  {
    command: 'driver',
    offerForAll: forControllers(
      anyRole,
      (controller, fleet) =>
        hostReason(fleet, controller.hostId, 'changePci') ??
        (isProvisioned(controller) ? 'It is not a PCI function.' : functionReason(controller)),
      (ids, left) => showDialog((now) => <DriverDialog fleet={now} controllerIds={ids} left={left} />),
    ),
  },
  {
    // The command of the table asks for the selected machine itself and works on every screen.
    command: null,
    id: 'migrate',
    label: 'Migrate…',
    offerForAll: ({ fleet, ids }) =>
      offerOf(
        takeOf(ids, {
          find: (id) => fleet.virtualMachines[id],
          ...{ one: 'a virtual machine', several: 'virtual machines' },
          judge: ({ hostId }) => hostReason(fleet, hostId, 'virtualMachines'),
        }),
        ([id = '', ...others]) =>
          others.length === 0
            ? startMigration(id)
            : startMigrations({ kind: 'machines', virtualMachineIds: [id, ...others] }),
      ),
  },
  {
    command: 'evacuate',
    offer: (id, fleet) =>
      id in fleet.hosts
        ? {
            unavailable:
              hostReason(fleet, id, 'virtualMachines') ??
              (Object.values(fleet.virtualMachines).some(({ hostId }) => hostId === id)
                ? null
                : 'It has no virtual machine.'),
            run: () => startMigrations({ kind: 'evacuate', hostId: id }),
          }
        : null,
  },
  {
    command: 'resume-machine',
    offer: (id, fleet) => {
      const machine = fleet.virtualMachines[id];
      // The review says what speaks against it.
      return machine === undefined || (machine.state !== 'paused' && machine.state !== 'incoming')
        ? null
        : {
            unavailable: hostReason(fleet, machine.hostId, 'virtualMachines'),
            run: () => stage({ kind: 'resume-machine', virtualMachineId: id }),
          };
    },
  },
  {
    command: null,
    id: 'delete',
    label: 'Delete…',
    danger: true,
    offerForAll: ({ fleet, ids }) =>
      offerOf(
        takeOf(ids, {
          find: (id) => fleet.virtualSubsystems[id],
          ...{ one: 'a virtual subsystem', several: 'virtual subsystems' },
          judge: ({ primaryId }) => virtualSubsystemReason(fleet, fleet.controllers[primaryId]),
        }),
        (virtualSubsystemIds, left) => stage({ kind: 'delete-virtual-subsystem', virtualSubsystemIds }, left),
      ),
  },
  {
    command: 'inject-fault',
    danger: true,
    offer: (id, fleet) =>
      id in fleet.controllers || id in fleet.hosts || id in fleet.namespaces
        ? {
            unavailable: fleet.source.simulated ? null : `${fleet.source.label} is not simulated.`,
            run: () => showFaults(id),
          }
        : null,
  },
  {
    command: 'copy-identity',
    offerForAll: ({ fleet, ids }) => ({
      unavailable: null,
      takes: ids.length,
      run: () => void copyText(ids.map((id) => fullIdentity(fleet, id)).join('\n\n')),
    }),
  },
];

/** The commands of the table that act on the selection. */
export const selectionCommands: readonly CommandId[] = definitions.flatMap(({ command }) => command ?? []);

/** What can be done with the selection; the inspector, the context menu and the palette offer the same. */
export function objectActions(fleet: Fleet, ids: readonly string[]): ObjectAction[] {
  const id = ids.at(-1);
  if (id === undefined || !isInFleet(fleet, id)) return [];
  return definitions.flatMap((definition) => {
    const { label, ...name } = nameOf(definition);
    const action = { ...name, danger: definition.danger ?? false };
    if ('offer' in definition) {
      const offer = definition.offer(id, fleet);
      if (offer === null) return [];
      const onlyLast = ids.length > 1;
      return {
        ...action,
        ...offer,
        onlyLast,
        label: onlyLast ? `${label} (only ${titleOf(fleet, id)})` : label,
      };
    }
    const offer = definition.offerForAll({ fleet, ids });
    if (offer === null) return [];
    const { takes, unavailable, run } = offer;
    const part = `${takes.toLocaleString('en-US')} of ${ids.length.toLocaleString('en-US')}`;
    const isPart = unavailable === null && takes < ids.length;
    return { ...action, unavailable, run, onlyLast: false, label: isPart ? `${label} (${part})` : label };
  });
}

function nameOf(definition: ActionDefinition): Pick<ObjectAction, 'id' | 'command' | 'label'> {
  const { command } = definition;
  if (command === null) return { id: definition.id, command, label: definition.label };
  return { id: command, command, label: definition.label ?? commandOf(command).label };
}

/** A selection can outlive its object by a moment. */
function isInFleet(fleet: Fleet, id: string): boolean {
  return [
    fleet.controllers,
    fleet.virtualSubsystems,
    fleet.virtualMachines,
    fleet.hosts,
    fleet.namespaces,
    fleet.subsystems,
  ].some((objects) => id in objects);
}

/** What an object is called where a menu says that only it is meant. */
function titleOf(fleet: Fleet, id: string): string {
  const controller = fleet.controllers[id];
  if (controller !== undefined) return controllerTitle(controller);
  const virtual = fleet.virtualSubsystems[id];
  if (virtual !== undefined) return virtualSubsystemTitle(virtual);
  return fleet.virtualMachines[id]?.name ?? fleet.hosts[id]?.name ?? 'the last one';
}

/** SIOV-like: made by a command of its primary, without a PCI function that the host sees. */
function isProvisioned(controller: Controller): boolean {
  return controller.role === 'secondary' && controller.functionKind === 'siov';
}

/** Why nothing of a controller can be changed through its host. */
function changeReason({ hostId }: Controller, fleet: Fleet): Reason {
  return hostReason(fleet, hostId, 'changeControllers');
}

/** Offered where one of the secondaries is not in the state; the plan says which are in it and stay. */
function setOnline(online: boolean): (selection: Selection) => OfferForAll | null {
  const offer = forControllers(['secondary'], changeReason, (secondaryIds, left) =>
    stage({ kind: 'set-online', secondaryIds, online }, left),
  );
  return (selection) =>
    selection.ids.some((id) => findSecondary(selection.fleet, id)?.online === !online)
      ? offer(selection)
      : null;
}

/** What a secondary holds and what a primary keeps for itself are two changes: the last controller says which. */
function changeResources(selection: Selection): OfferForAll | null {
  const { fleet, ids } = selection;
  const role = ids
    .map((id) => fleet.controllers[id]?.role)
    .findLast((one) => one === 'primary' || one === 'secondary');
  return role === undefined
    ? null
    : forControllers(
        [role],
        (controller, now) => changeReason(controller, now) ?? flexibleReason(now, controller),
        (controllerIds, left) =>
          showDialog((now) => <ResourcesDialog fleet={now} controllerIds={controllerIds} left={left} />),
      )(selection);
}

/** Of one NVM subsystem, that of the last controller: a namespace of another one is another namespace. */
function changeNamespaces(selection: Selection): OfferForAll | null {
  const { fleet, ids } = selection;
  const last = fleet.controllers[ids.findLast((id) => id in fleet.controllers) ?? ''];
  if (last === undefined) return null;
  return forControllers(
    anyRole,
    (controller) =>
      changeReason(controller, fleet) ??
      (controller.subsystemId === last.subsystemId
        ? null
        : `Its namespaces are those of another NVM subsystem than that of ${controllerTitle(last)}.`),
    (controllerIds, left) =>
      showDialog((now) => <NamespacesDialog fleet={now} controllerIds={controllerIds} left={left} />),
  )(selection);
}

/** On a primary for it, on a host for the first suitable one. */
function newVirtualSubsystem(id: string, fleet: Fleet): Offer | null {
  const controller = fleet.controllers[id];
  if (controller?.role === 'primary')
    return {
      unavailable: virtualSubsystemReason(fleet, controller),
      run: () => showCreateDialog(controller.hostId, id),
    };
  return id in fleet.hosts
    ? {
        unavailable: hostReason(fleet, id, 'virtualSubsystems'),
        run: () => showCreateDialog(id, null),
      }
    : null;
}
