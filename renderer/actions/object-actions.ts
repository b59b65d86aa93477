import type { CommandId } from '#shared/commands/command-table.ts';
import type { Capability, Controller, Fleet, PrimaryController } from '#shared/fleet/schema.ts';
import { functionAddress } from '#shared/fleet/selectors.ts';
import { startMigration } from '../navigation.ts';
import { stage } from '../procedures/intents.ts';
import { copyText } from '../ui/controls/copy-button.tsx';
import { openAction } from './action-store.ts';
import { fullIdentity } from './identity.ts';

export interface ObjectAction {
  readonly id: string;
  /** The command of the table that it is, for the key binding and the palette. */
  readonly command: CommandId | null;
  readonly label: string;
  readonly danger: boolean;
  /** Why not, or null. */
  readonly unavailable: string | null;
  readonly run: () => void;
}

function action(
  id: string,
  command: CommandId | null,
  label: string,
  unavailable: string | null,
  run: () => void,
  danger = false,
): ObjectAction {
  return { id, command, label, danger, unavailable, run };
}

function reasonOf(capability: Capability | undefined): string | null {
  if (capability === undefined) return 'The host is unknown.';
  return capability.available ? null : capability.reason;
}

/** Everything that can be done with the selection; the inspector, the context menu and the palette offer the same. */
export function objectActions(fleet: Fleet, ids: readonly string[]): ObjectAction[] {
  const id = ids.at(-1);
  if (id === undefined) return [];
  const controller = fleet.controllers[id];
  const copy = action(
    'copy',
    'copy-identity',
    'Copy full identity',
    null,
    () => void copyText(fullIdentity(fleet, id)),
  );
  const fault = action(
    'inject-fault',
    'inject-fault',
    'Inject fault…',
    fleet.source.simulated ? null : `${fleet.source.label} is not simulated.`,
    () => openAction({ kind: 'faults', objectId: id }),
    true,
  );
  if (controller !== undefined) return [...controllerActions(fleet, controller, ids), fault, copy];
  if (id in fleet.virtualSubsystems) return [...virtualSubsystemActions(fleet, id), copy];
  if (id in fleet.virtualMachines) {
    const machines = reasonOf(
      fleet.hosts[fleet.virtualMachines[id]?.hostId ?? '']?.capabilities.virtualMachines,
    );
    const reason = fleet.source.readOnly ?? machines;
    return [action('migrate', null, 'Migrate…', reason, () => startMigration(id)), copy];
  }
  const host = fleet.hosts[id];
  if (host !== undefined) {
    const reason = fleet.source.readOnly ?? reasonOf(host.capabilities.virtualSubsystems);
    const open = () => openAction({ kind: 'new-virtual-subsystem', hostId: id, primaryId: null });
    return [
      action('new-virtual-subsystem', 'new-virtual-subsystem', 'New virtual subsystem…', reason, open),
      fault,
      copy,
    ];
  }
  if (id in fleet.namespaces) return [fault, copy];
  return id in fleet.subsystems ? [copy] : [];
}

function controllerActions(fleet: Fleet, controller: Controller, ids: readonly string[]): ObjectAction[] {
  const { id } = controller;
  const capabilities = fleet.hosts[controller.hostId]?.capabilities;
  const change = fleet.source.readOnly ?? reasonOf(capabilities?.changeControllers);
  const pci = fleet.source.readOnly ?? reasonOf(capabilities?.changePci);
  const noFunction =
    functionAddress(controller) === null
      ? 'The host has nothing of its function: it is not there or hidden.'
      : null;
  const isProvisioned = controller.role === 'secondary' && controller.functionKind === 'siov';
  const reset = action(
    'reset',
    'reset',
    'Reset…',
    pci ?? noFunction,
    () => openAction({ kind: 'reset', controllerId: id }),
    true,
  );
  const namespaces = action('namespaces', 'namespaces', 'Namespaces…', change, () =>
    openAction({ kind: 'namespaces', controllerId: id }),
  );
  const driver = action(
    'driver',
    'driver',
    'Driver…',
    pci ?? (isProvisioned ? 'It is no PCI function.' : noFunction),
    () => openAction({ kind: 'driver', controllerId: id }),
  );
  if (controller.role === 'plain') return [namespaces, reset, driver];
  const resources = action(
    'resources',
    'resources',
    'Resources…',
    change ?? flexibleReason(fleet, controller),
    () => openAction({ kind: 'resources', controllerId: id }),
  );
  if (controller.role === 'primary') {
    const virtual = fleet.source.readOnly ?? reasonOf(controller.virtualSubsystems);
    return [
      action('vf-count', 'vf-count', 'VF count…', pci ?? noVfs(controller), () =>
        openAction({ kind: 'vf-count', primaryId: id }),
      ),
      action('provision', null, 'Provision functions…', change, () =>
        openAction({ kind: 'provision', primaryId: id }),
      ),
      resources,
      namespaces,
      action('new-virtual-subsystem', 'new-virtual-subsystem', 'New virtual subsystem…', virtual, () =>
        openAction({ kind: 'new-virtual-subsystem', hostId: controller.hostId, primaryId: id }),
      ),
      reset,
      driver,
    ];
  }
  const secondaryIds = ids.filter((one) => fleet.controllers[one]?.role === 'secondary');
  const online = !controller.online;
  return [
    action('assign', 'assign', 'Assign to…', change, () => openAction({ kind: 'assign', secondaryIds })),
    resources,
    action(
      online ? 'online' : 'offline',
      online ? 'online' : 'offline',
      online ? 'Online…' : 'Offline…',
      change,
      () => stage({ kind: 'set-online', secondaryId: id, online }),
      !online,
    ),
    namespaces,
    ...(controller.virtualSubsystemId === null
      ? []
      : [
          action('remove', null, 'Remove from virtual subsystem…', change, () =>
            stage({ kind: 'remove-from-virtual-subsystem', secondaryId: id }),
          ),
        ]),
    ...(isProvisioned
      ? [
          action(
            'deprovision',
            null,
            'Deprovision…',
            change,
            () => stage({ kind: 'deprovision', secondaryIds: [id] }),
            true,
          ),
        ]
      : []),
    reset,
    driver,
  ];
}

function noVfs(primary: PrimaryController): string | null {
  return primary.totalVfs === 0 ? 'It has no SR-IOV; it provisions its functions.' : null;
}

function flexibleReason(fleet: Fleet, controller: Controller): string | null {
  const primary = controller.role === 'secondary' ? fleet.controllers[controller.primaryId] : controller;
  const flexible = primary?.role === 'primary' && (primary.vq.supported || primary.vi.supported);
  return flexible
    ? null
    : 'The primary controller has no flexible resources; its secondaries have fixed ones.';
}

function virtualSubsystemActions(fleet: Fleet, id: string): ObjectAction[] {
  const virtual = fleet.virtualSubsystems[id];
  const primary = fleet.controllers[virtual?.primaryId ?? ''];
  const reason =
    fleet.source.readOnly ?? (primary?.role === 'primary' ? reasonOf(primary.virtualSubsystems) : null);
  return [
    action(
      'delete',
      null,
      'Delete…',
      reason,
      () => stage({ kind: 'delete-virtual-subsystem', virtualSubsystemId: id }),
      true,
    ),
  ];
}
