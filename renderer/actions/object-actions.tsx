import { lazy } from 'react';
import { type CommandId, commandOf } from '#shared/commands/command-table.ts';
import { countWords } from '#shared/count-words.ts';
import type { Controller, Fleet } from '#shared/fleet/schema.ts';
import { controllerTitle, virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import { mostDeprovisioned } from '#shared/procedure/intent.ts';
import { startMigration } from '../navigation.ts';
import { stage } from '../procedures/intents.ts';
import { showFaults } from '../simulation/simulation-dialogs.tsx';
import { copyText } from '../ui/controls/copy-button.tsx';
import { showCreateDialog } from '../virtual-subsystems/create/show-create-dialog.tsx';
import { fullIdentity } from './identity.ts';
import { closeDialog, showDialog } from './shown-dialog.ts';
import {
  flexibleReason,
  functionReason,
  hostReason,
  type Reason,
  vfCountReason,
  virtualSubsystemReason,
} from './unavailable.ts';

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

interface Selection {
  readonly fleet: Fleet;
  /** Everything that is selected; the last one is what an action of one object is about. */
  readonly ids: readonly string[];
}

/** What an action would do with an object now. Unavailable ones stay in the menus with their reason. */
interface Offer {
  readonly unavailable: Reason;
  readonly run: () => void;
}

type ActionDefinition = {
  readonly danger?: true;
  /** Takes everything in the selection that it can act on; others act on the last object, and say so. */
  readonly takesAll?: true;
  /** What it would do with the object; null: this cannot be done with such an object. */
  readonly offer: (id: string, selection: Selection) => Offer | null;
} & (
  | { readonly command: CommandId; readonly label?: string }
  // Offered beside its object only: neither the palette nor the native menu has it.
  | { readonly command: null; readonly id: string; readonly label: string }
);

type Role = Controller['role'];

/** An offer for controllers of some roles. */
function forController<R extends Role>(
  roles: readonly R[],
  offer: (controller: Extract<Controller, { role: R }>, selection: Selection) => Offer | null,
): ActionDefinition['offer'] {
  const isOne = (one: Controller | undefined): one is Extract<Controller, { role: R }> =>
    one !== undefined && (roles as readonly Role[]).includes(one.role);
  return (id, selection) => {
    const controller = selection.fleet.controllers[id];
    return isOne(controller) ? offer(controller, selection) : null;
  };
}

/**
 * Everything that can be done with objects of the fleet, in the order in which menus show it. An action with a dialog is
 * a row of the command table, an entry here and the dialog.
 */
const definitions: readonly ActionDefinition[] = [
  {
    command: 'vf-count',
    offer: forController(['primary'], (primary, { fleet }) => ({
      unavailable: hostReason(fleet, primary.hostId, 'changePci') ?? vfCountReason(primary),
      run: () => showDialog((now) => <VfCountDialog fleet={now} primaryId={primary.id} />),
    })),
  },
  {
    command: null,
    id: 'provision',
    label: 'Provision functions…',
    offer: forController(['primary'], ({ id, hostId }, { fleet }) => ({
      unavailable: hostReason(fleet, hostId, 'changeControllers'),
      run: () => showDialog((now) => <ProvisionDialog fleet={now} primaryId={id} onClose={closeDialog} />),
    })),
  },
  {
    command: 'assign',
    takesAll: true,
    offer: forController(['secondary'], ({ hostId }, { fleet, ids }) => {
      const secondaryIds = ids.filter((one) => fleet.controllers[one]?.role === 'secondary');
      const others = ids.length - secondaryIds.length;
      return {
        unavailable: hostReason(fleet, hostId, 'changeControllers'),
        run: () =>
          showDialog((now) => <AssignDialog fleet={now} secondaryIds={secondaryIds} left={others} />),
      };
    }),
  },
  {
    command: 'resources',
    offer: forController(['primary', 'secondary'], (controller, { fleet }) => ({
      unavailable:
        hostReason(fleet, controller.hostId, 'changeControllers') ?? flexibleReason(fleet, controller),
      run: () => showDialog((now) => <ResourcesDialog fleet={now} controllerId={controller.id} />),
    })),
  },
  { command: 'online', label: 'Online…', offer: setOnline(true) },
  { command: 'offline', label: 'Offline…', danger: true, offer: setOnline(false) },
  {
    command: 'namespaces',
    offer: forController(['plain', 'primary', 'secondary'], ({ id, hostId }, { fleet }) => ({
      unavailable: hostReason(fleet, hostId, 'changeControllers'),
      run: () => showDialog((now) => <NamespacesDialog fleet={now} controllerId={id} />),
    })),
  },
  { command: 'new-virtual-subsystem', offer: newVirtualSubsystem },
  {
    command: null,
    id: 'remove',
    label: 'Remove from virtual subsystem…',
    offer: forController(['secondary'], ({ id, hostId, virtualSubsystemId }, { fleet }) =>
      virtualSubsystemId === null
        ? null
        : {
            unavailable: hostReason(fleet, hostId, 'changeControllers'),
            run: () => stage({ kind: 'remove-from-virtual-subsystem', secondaryId: id }),
          },
    ),
  },
  {
    command: null,
    id: 'deprovision',
    label: 'Deprovision…',
    danger: true,
    takesAll: true,
    offer: deprovision,
  },
  {
    command: 'reset',
    danger: true,
    offer: forController(['plain', 'primary', 'secondary'], (controller, { fleet }) => ({
      unavailable: hostReason(fleet, controller.hostId, 'changePci') ?? functionReason(controller),
      run: () => showDialog((now) => <ResetDialog fleet={now} controllerId={controller.id} />),
    })),
  },
  {
    command: 'driver',
    offer: forController(['plain', 'primary', 'secondary'], (controller, { fleet }) => ({
      unavailable:
        hostReason(fleet, controller.hostId, 'changePci') ??
        (isProvisioned(controller) ? 'It is not a PCI function.' : functionReason(controller)),
      run: () => showDialog((now) => <DriverDialog fleet={now} controllerId={controller.id} />),
    })),
  },
  {
    // The command of the table asks for the selected machine itself and works on every screen.
    command: null,
    id: 'migrate',
    label: 'Migrate…',
    offer: (id, { fleet }) => {
      const machine = fleet.virtualMachines[id];
      return machine === undefined
        ? null
        : {
            unavailable: hostReason(fleet, machine.hostId, 'virtualMachines'),
            run: () => startMigration(id),
          };
    },
  },
  {
    command: 'resume-machine',
    offer: (id, { fleet }) => {
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
    offer: (id, { fleet }) => {
      const virtual = fleet.virtualSubsystems[id];
      return virtual === undefined
        ? null
        : {
            unavailable: virtualSubsystemReason(fleet, fleet.controllers[virtual.primaryId]),
            run: () => stage({ kind: 'delete-virtual-subsystem', virtualSubsystemId: id }),
          };
    },
  },
  {
    command: 'inject-fault',
    danger: true,
    offer: (id, { fleet }) =>
      id in fleet.controllers || id in fleet.hosts || id in fleet.namespaces
        ? {
            unavailable: fleet.source.simulated ? null : `${fleet.source.label} is not simulated.`,
            run: () => showFaults(id),
          }
        : null,
  },
  {
    command: 'copy-identity',
    offer: (id, { fleet }) => ({
      unavailable: null,
      run: () => void copyText(fullIdentity(fleet, id)),
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
    const offer = definition.offer(id, { fleet, ids });
    if (offer === null) return [];
    const onlyLast = ids.length > 1 && definition.takesAll !== true;
    const { label, ...name } = nameOf(definition);
    return {
      ...{ ...name, danger: definition.danger ?? false, onlyLast, ...offer },
      label: onlyLast ? `${label} (only ${titleOf(fleet, id)})` : label,
    };
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

/** All provisioned functions of the selection; where it holds something else too, the reason says so. */
function deprovision(id: string, { fleet, ids }: Selection): Offer | null {
  const last = fleet.controllers[id];
  if (last === undefined || !isProvisioned(last)) return null;
  const secondaryIds = ids.filter((one) => {
    const controller = fleet.controllers[one];
    return controller !== undefined && isProvisioned(controller);
  });
  const others = ids.length - secondaryIds.length;
  return {
    unavailable:
      hostReason(fleet, last.hostId, 'changeControllers') ??
      (others > 0
        ? `${countWords(others, 'selected object')} of ${ids.length.toLocaleString('en-US')} ${others === 1 ? 'is not a provisioned function' : 'are not provisioned functions'}. Select provisioned functions only.`
        : null) ??
      (secondaryIds.length > mostDeprovisioned
        ? `At most ${mostDeprovisioned} functions are deprovisioned in one procedure; ${secondaryIds.length.toLocaleString('en-US')} are selected.`
        : null),
    run: () => stage({ kind: 'deprovision', secondaryIds }),
  };
}

/** SIOV-like: made by a command of its primary, without a PCI function that the host sees. */
function isProvisioned(controller: Controller): boolean {
  return controller.role === 'secondary' && controller.functionKind === 'siov';
}

/** Offered only for the state that the secondary is not in. */
function setOnline(online: boolean): ActionDefinition['offer'] {
  return forController(['secondary'], (secondary, { fleet }) =>
    secondary.online === online
      ? null
      : {
          unavailable: hostReason(fleet, secondary.hostId, 'changeControllers'),
          run: () => stage({ kind: 'set-online', secondaryId: secondary.id, online }),
        },
  );
}

/** On a primary for it, on a host for the first suitable one. */
function newVirtualSubsystem(id: string, { fleet }: Selection): Offer | null {
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
