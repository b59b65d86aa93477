import {
  firstProvisionedHandle,
  provisionedUuid,
} from '#shared/fleet-file/controller/provisioned-functions.ts';
import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  anyFreeController,
  functionManagement as definition,
  functionSelectors as selectors,
} from '#shared/nvme/commands/proposal/function-management.ts';
import { functionReceiveSelectors as receive } from '#shared/nvme/commands/proposal/function-receive.ts';
import {
  encodeFunctionList,
  type FunctionListEntry,
  functionKinds,
  functionListLength,
  functionStates,
  maximumListedFunctions,
} from '#shared/nvme/layouts/proposal/function-list.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { resetFunctionState, setOffline } from '../../controller/resets.ts';
import {
  isSecondary,
  SimulatedController,
  type SimulatedPrimary,
  type SimulatedSecondary,
} from '../../state/controller.ts';

const noUuid = '00000000-0000-0000-0000-000000000000';

/**
 * Function Management, opcode C5h (proposal, not in the ratified specification). Refusals: Invalid Controller Identifier
 * for a CNTLID that no existing function of this controlling function has, for a stale handle, and for a wished CNTLID
 * that is taken or outside the announced range; Not Enough Resources when all provisioned functions are in use; Command
 * Sequence Error where the order provision, enable, make visible (or its reverse) is broken; Invalid Field in Command for
 * an operation that the device does not announce, and for destroying a virtual function.
 */
export function functionManagement(primary: SimulatedPrimary, command: AdminCommand): AdminCompletion {
  const { sel, cntlid, handle } = definition.decode(command);
  if (sel === selectors.provision.value) return provision(primary, cntlid, handle);
  if (sel > selectors.hide.value) return completionOf('invalidField');
  const found = functionOf(primary, cntlid);
  if (!found || (handle !== 0 && handle !== found.part.handle))
    return completionOf('invalidControllerIdentifier');
  switch (sel) {
    case selectors.destroy.value:
      return destroy(primary, found);
    case selectors.enableMigration.value:
    case selectors.disableMigration.value:
      // What VFIO offers does not change under those who see it.
      if (found.part.visible) return completionOf('commandSequenceError');
      found.part.migrationEnabled = sel === selectors.enableMigration.value;
      return completionOf('success');
    case selectors.makeVisible.value:
      found.part.visible = true;
      break;
    default:
      // A guest or a driver works with it.
      if (found.isEnabled) return completionOf('commandSequenceError');
      found.part.visible = false;
  }
  announceChange(primary);
  return completionOf('success');
}

/** Function Receive, opcode C6h: the functions that exist, by CNTLID, from the one in CDW10 31:16 on. */
export function functionReceive(primary: SimulatedPrimary, command: AdminCommand): AdminCompletion {
  const { sel, cntlid } = definition.decode(command);
  if (sel !== receive.list.value || command.readLength < functionListLength)
    return completionOf('invalidField');
  const entries = existingFunctions(primary)
    .filter((secondary) => secondary.cntlid >= cntlid)
    .sort((left, right) => left.cntlid - right.cntlid)
    .slice(0, maximumListedFunctions)
    .map(entryOf);
  const encoded = encodeFunctionList({ entries, reserved: [] });
  return encoded.ok ? { ...completionOf('success'), data: encoded.value } : completionOf('internalError');
}

function provision(primary: SimulatedPrimary, wished: number, handle: number): AdminCompletion {
  const { part, subsystem } = primary;
  const { provisioned } = part;
  if (!provisioned || handle !== 0) return completionOf('invalidField');
  const { firstCntlid, maximum, template } = provisioned;
  const isInRange = wished >= firstCntlid && wished < firstCntlid + maximum;
  if (wished !== anyFreeController && (!isInRange || subsystem.controllers.has(wished)))
    return completionOf('invalidControllerIdentifier');
  let cntlid = wished === anyFreeController ? firstCntlid : wished;
  while (subsystem.controllers.has(cntlid)) cntlid++;
  if (cntlid >= firstCntlid + maximum) return completionOf('notEnoughResources');
  const given = freeHandle(primary, provisioned.nextHandle);
  provisioned.nextHandle = handleAfter(given);
  const created = new SimulatedController(
    subsystem,
    cntlid,
    {
      kind: 'secondary',
      primary,
      vfn: 0,
      handle: given,
      uuid: provisionedUuid(subsystem.nqn, cntlid),
      online: false,
      resetPending: false,
      vq: 0,
      vi: 0,
      migrationEnabled: false,
      visible: false,
    },
    { template, cap: primary.cap, pci: primary.pci },
  );
  part.secondaries.push(created);
  subsystem.addController(created);
  subsystem.sortControllers();
  return completionOf('success', { dw0: definition.result.encode({ cntlid, handle: given }) });
}

/** Handles count up, so that one is not given again soon; those in use are passed over. */
function freeHandle(primary: SimulatedPrimary, from: number): number {
  const used = new Set(primary.part.secondaries.filter(isSecondary).map(({ part }) => part.handle));
  let handle = from;
  while (used.has(handle)) handle = handleAfter(handle);
  return handle;
}

function handleAfter(handle: number): number {
  return handle === 0xffff ? firstProvisionedHandle : handle + 1;
}

function destroy(primary: SimulatedPrimary, secondary: SimulatedSecondary): AdminCompletion {
  const { part, subsystem } = primary;
  if (secondary.part.uuid === null) return completionOf('invalidField');
  const isMember = [...part.virtualSubsystems.values()].some(({ members }) => members.has(secondary.cntlid));
  if (secondary.part.visible || secondary.part.online || isMember)
    return completionOf('commandSequenceError');
  removeProvisioned(primary, secondary);
  subsystem.sortControllers();
  return completionOf('success');
}

/** Main power of the drive is lost: provisioned functions are gone, and virtual functions start anew as well. */
export function forgetFunctions(primary: SimulatedPrimary): void {
  for (const secondary of [...primary.part.secondaries]) {
    if (!isSecondary(secondary)) continue;
    if (secondary.part.uuid !== null) removeProvisioned(primary, secondary);
    else resetFunctionState(secondary);
  }
  announceChange(primary);
}

function removeProvisioned(primary: SimulatedPrimary, secondary: SimulatedSecondary): void {
  const { part, subsystem } = primary;
  setOffline(secondary);
  for (const namespace of subsystem.namespaces.values()) namespace.attachedTo.delete(secondary.cntlid);
  for (const virtual of part.virtualSubsystems.values()) virtual.members.delete(secondary.cntlid);
  part.secondaries.splice(part.secondaries.indexOf(secondary), 1);
  subsystem.controllers.delete(secondary.cntlid);
}

function existingFunctions(primary: SimulatedPrimary): SimulatedSecondary[] {
  return primary.part.secondaries.filter(isSecondary).filter((secondary) => secondary.isFunctionEnabled);
}

function functionOf(primary: SimulatedPrimary, cntlid: number): SimulatedSecondary | undefined {
  return existingFunctions(primary).find((secondary) => secondary.cntlid === cntlid);
}

function entryOf({ cntlid, part }: SimulatedSecondary): FunctionListEntry {
  const { handle, uuid, vfn, migrationEnabled, visible } = part;
  const kind = uuid === null ? functionKinds.virtualFunction : functionKinds.provisioned;
  return {
    cntlid,
    handle,
    fkind: kind.value,
    fstate: (migrationEnabled ? functionStates.migrationEnabled : 0) + (visible ? functionStates.visible : 0),
    vfn,
    uuid: uuid ?? noUuid,
  };
}

function announceChange({ subsystem }: SimulatedPrimary): void {
  for (const listener of subsystem.functionListeners) listener();
}
