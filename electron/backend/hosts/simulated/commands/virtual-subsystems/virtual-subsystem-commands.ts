import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  virtualSubsystemManagement as definition,
  virtualSubsystemSelectors as selectors,
} from '#shared/nvme/commands/proposal/virtual-subsystem-management.ts';
import { virtualSubsystemReceiveSelectors as receive } from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import { isControllerIdentifier } from '#shared/nvme/controller-identifier.ts';
import {
  encodeVirtualSubsystem,
  virtualSubsystemLength,
} from '#shared/nvme/layouts/proposal/virtual-subsystem.ts';
import { decodeExposedCapabilities } from '#shared/nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import {
  decodeVirtualSubsystemIdentity,
  type VirtualSubsystemIdentity,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-identity.ts';
import { encodeVirtualSubsystemList } from '#shared/nvme/layouts/proposal/virtual-subsystem-list.ts';
import { completionOf, type StatusName } from '#shared/nvme/status.ts';
import { pciBlockers } from '#shared/virtual-subsystem/identity/identity-rules.ts';
import { identityFromWire } from '#shared/virtual-subsystem/identity/identity-wire.ts';
import type { SimulatedPrimary } from '../../state/controller.ts';
import type { VirtualSubsystemState } from '../../state/virtual-subsystem.ts';
import type { CommandContext } from '../handler.ts';
import { virtualSubsystemLimits } from '../identify/identify-template.ts';
import { onlyNarrows } from './only-narrows.ts';
import { offeredCapabilities, previewAnswer } from './virtual-subsystem-offer.ts';

/**
 * Virtual Subsystem Management, opcode C1h (proposal, not in the ratified specification). Refusals: Invalid NVM
 * Subsystem for an unknown VSID, Invalid Controller Identifier for a CNTLID that is not a secondary of this primary, is
 * a member elsewhere, or for a virtual identifier that is taken; Not Enough Resources at a limit; Command Sequence
 * Error for changing what a running (not suspended) controller shows, and for deleting a subsystem that has members.
 */
export function virtualSubsystemManagement(
  primary: SimulatedPrimary,
  command: AdminCommand,
): AdminCompletion {
  const { sel, vsid } = definition.decode(command);
  if (sel === selectors.create.value) return create(primary, command);
  const virtual = primary.part.virtualSubsystems.get(vsid);
  switch (sel) {
    case selectors.delete.value:
      return virtual ? remove(primary, virtual) : completionOf('invalidSubsystem');
    case selectors.addController.value:
      return virtual ? addMember(primary, virtual, command) : completionOf('invalidSubsystem');
    case selectors.removeController.value:
      return virtual ? removeMember(primary, virtual, command) : completionOf('invalidSubsystem');
    case selectors.setIdentity.value:
      return virtual ? setIdentity(primary, virtual, command) : completionOf('invalidSubsystem');
    case selectors.setExposedCapabilities.value:
      return virtual ? setCapabilities(primary, virtual, command) : completionOf('invalidSubsystem');
    default:
      return completionOf('invalidField');
  }
}

/** Virtual Subsystem Receive, opcode C2h: list all, get one with its members, or what a secondary has to offer. */
export function virtualSubsystemReceive(
  primary: SimulatedPrimary,
  command: AdminCommand,
  context: CommandContext,
): AdminCompletion {
  const { sel, vsid } = definition.decode(command);
  if (command.readLength < virtualSubsystemLength) return completionOf('invalidField');
  if (sel === receive.list.value) {
    const entries = [...primary.part.virtualSubsystems.values()].map((virtual) => ({
      vsid: virtual.vsid,
      nmem: virtual.members.size + 1,
    }));
    return data(encodeVirtualSubsystemList({ entries, reserved: [] }));
  }
  if (sel === receive.offered.value) return offeredCapabilities(primary);
  if (sel === receive.preview.value) return previewAnswer(primary, command, context);
  if (sel !== receive.get.value) return completionOf('invalidField');
  const virtual = primary.part.virtualSubsystems.get(vsid);
  if (!virtual) return completionOf('invalidSubsystem');
  return data(
    encodeVirtualSubsystem({
      vsid,
      ccntlid: primary.cntlid,
      identity: virtual.identity,
      members: [
        { vcid: virtual.primaryVirtualId, cntlid: primary.cntlid },
        ...[...virtual.members]
          .map(([cntlid, vcid]) => ({ vcid, cntlid }))
          .sort((left, right) => left.vcid - right.vcid),
      ],
      exposedCapabilities: virtual.exposedCapabilities,
      reserved: [],
    }),
  );
}

function create(primary: SimulatedPrimary, command: AdminCommand): AdminCompletion {
  const { vcid } = definition.decode(command);
  const identity = identityOf(command);
  if (typeof identity === 'string') return completionOf(identity);
  const { virtualSubsystems } = primary.part;
  if (!isControllerIdentifier(vcid)) return completionOf('invalidControllerIdentifier');
  if (isNameTaken(primary, identity, undefined)) return completionOf('invalidSubsystem');
  if (virtualSubsystems.size >= virtualSubsystemLimits.maxvs) return completionOf('notEnoughResources');
  let vsid = 1;
  while (virtualSubsystems.has(vsid)) vsid++;
  virtualSubsystems.set(vsid, {
    vsid,
    identity,
    primaryVirtualId: vcid,
    members: new Map(),
    exposedCapabilities: [],
  });
  return completionOf('success', { dw0: definition.result.encode({ vsid }) });
}

function remove(primary: SimulatedPrimary, virtual: VirtualSubsystemState): AdminCompletion {
  if (virtual.members.size > 0) return completionOf('commandSequenceError');
  primary.part.virtualSubsystems.delete(virtual.vsid);
  return completionOf('success');
}

function addMember(
  primary: SimulatedPrimary,
  virtual: VirtualSubsystemState,
  command: AdminCommand,
): AdminCompletion {
  const { cntlid, vcid } = definition.decode(command);
  const isOwn = primary.part.secondaries.some((secondary) => secondary.cntlid === cntlid);
  const isMember = [...primary.part.virtualSubsystems.values()].some((other) => other.members.has(cntlid));
  const isTaken = vcid === virtual.primaryVirtualId || [...virtual.members.values()].includes(vcid);
  if (!isOwn || isMember || isTaken || !isControllerIdentifier(vcid))
    return completionOf('invalidControllerIdentifier');
  if (isRunning(primary, cntlid)) return completionOf('commandSequenceError');
  if (virtual.members.size + 2 > virtualSubsystemLimits.maxvc) return completionOf('notEnoughResources');
  virtual.members.set(cntlid, vcid);
  return completionOf('success');
}

function removeMember(
  primary: SimulatedPrimary,
  virtual: VirtualSubsystemState,
  command: AdminCommand,
): AdminCompletion {
  const { cntlid } = definition.decode(command);
  if (!virtual.members.has(cntlid)) return completionOf('invalidControllerIdentifier');
  if (isRunning(primary, cntlid)) return completionOf('commandSequenceError');
  virtual.members.delete(cntlid);
  return completionOf('success');
}

function setIdentity(
  primary: SimulatedPrimary,
  virtual: VirtualSubsystemState,
  command: AdminCommand,
): AdminCompletion {
  const identity = identityOf(command);
  if (typeof identity === 'string') return completionOf(identity);
  if (isNameTaken(primary, identity, virtual)) return completionOf('invalidSubsystem');
  if (hasRunningMember(primary, virtual)) return completionOf('commandSequenceError');
  virtual.identity = identity;
  return completionOf('success');
}

function setCapabilities(
  primary: SimulatedPrimary,
  virtual: VirtualSubsystemState,
  command: AdminCommand,
): AdminCompletion {
  const decoded = command.data === undefined ? undefined : decodeExposedCapabilities(command.data);
  if (!decoded?.ok || !onlyNarrows(primary, virtual, decoded.value.entries))
    return completionOf('invalidField');
  if (hasRunningMember(primary, virtual)) return completionOf('commandSequenceError');
  virtual.exposedCapabilities = decoded.value.entries;
  return completionOf('success');
}

function identityOf(command: AdminCommand): VirtualSubsystemIdentity | StatusName {
  const decoded = command.data === undefined ? undefined : decodeVirtualSubsystemIdentity(command.data);
  if (!decoded?.ok || decoded.value.vnqn === '') return 'invalidField';
  return pciBlockers(identityFromWire(decoded.value).pci).length === 0 ? decoded.value : 'invalidField';
}

function isNameTaken(
  primary: SimulatedPrimary,
  identity: VirtualSubsystemIdentity,
  except: VirtualSubsystemState | undefined,
): boolean {
  return [...primary.part.virtualSubsystems.values()].some(
    (virtual) => virtual !== except && virtual.identity.vnqn === identity.vnqn,
  );
}

// A guest that has read the old identity must not find another one.
function hasRunningMember(primary: SimulatedPrimary, virtual: VirtualSubsystemState): boolean {
  return [...virtual.members.keys()].some((cntlid) => isRunning(primary, cntlid));
}

function isRunning(primary: SimulatedPrimary, cntlid: number): boolean {
  const controller = primary.subsystem.controllers.get(cntlid);
  return controller?.isEnabled === true && !controller.suspended;
}

function data(encoded: { readonly ok: boolean; readonly value?: Uint8Array }): AdminCompletion {
  return encoded.value === undefined
    ? completionOf('internalError')
    : { ...completionOf('success'), data: encoded.value };
}
