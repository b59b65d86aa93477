import {
  anyFreeController,
  functionManagement,
  functionSelectors,
} from '#shared/nvme/commands/proposal/function-management.ts';
import { functionReceive } from '#shared/nvme/commands/proposal/function-receive.ts';
import {
  virtualSubsystemSelectors as virtualSelectors,
  virtualSubsystemManagement,
} from '#shared/nvme/commands/proposal/virtual-subsystem-management.ts';
import { virtualSubsystemReceive } from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import { describeCommand } from '#shared/nvme/commands/table.ts';
import { decodeVirtualSubsystemIdentity } from '#shared/nvme/layouts/proposal/virtual-subsystem-identity.ts';
import type { Refusal } from '../../refusal.ts';
import { isSecondary, type SimulatedPrimary } from '../state/controller.ts';
import type { VirtualSubsystemState } from '../state/virtual-subsystem.ts';
import {
  change,
  controllerName,
  hex,
  listed,
  type RefusedByPrimary,
  type RefusedCommand,
} from './refused-command.ts';

/** Why Function Management (proposal) was refused. */
export function functionRefusal(refused: RefusedByPrimary): Refusal | null {
  const { controller, command, status, who } = refused;
  const { sel, cntlid, handle } = functionManagement.decode(command);
  if (sel > functionSelectors.hide.value)
    return change(`${who} knows SEL 0 to 5; SEL ${sel} was given`, 'Give SEL 0 to 5');
  if (sel === functionSelectors.provision.value) return provisionRefusal(refused, controller, cntlid, handle);
  const existing = controller.part.secondaries.filter(isSecondary).filter((each) => each.isFunctionEnabled);
  const found = existing.find((each) => each.cntlid === cntlid);
  if (found === undefined)
    return change(
      `${who} has no function CNTLID ${cntlid}; it has ${listed(existing.map((each) => each.cntlid))}`,
      'Give one of them',
    );
  if (status === 'invalidControllerIdentifier')
    return change(
      `The handle of CNTLID ${cntlid} on ${who} is ${found.part.handle}, not ${handle}: it was destroyed and made again`,
      `Give handle ${found.part.handle}, or 0`,
    );
  if (status === 'invalidField')
    return change(
      `CNTLID ${cntlid} of ${who} is virtual function ${found.part.vfn}, which is not destroyed`,
      'Lower sriov_numvfs instead',
    );
  if (found.part.visible && sel !== functionSelectors.hide.value)
    return change(`CNTLID ${cntlid} of ${who} is visible to VFIO`, 'Hide it first');
  if (found.part.online && sel === functionSelectors.destroy.value)
    return change(`CNTLID ${cntlid} of ${who} is online`, 'Take it offline first');
  if (sel === functionSelectors.destroy.value)
    return change(
      `CNTLID ${cntlid} of ${who} is a member of a virtual subsystem`,
      'Remove it from that first',
    );
  return change(
    `CNTLID ${cntlid} of ${who} is enabled: a driver or a guest works with it`,
    'Take it from the guest or its driver first',
  );
}

function provisionRefusal(
  { host, status }: RefusedCommand,
  primary: SimulatedPrimary,
  cntlid: number,
  handle: number,
): Refusal {
  const who = controllerName(host, primary);
  const { provisioned } = primary.part;
  if (provisioned === null)
    return change(
      `${who} provisions no functions: it has ${primary.part.totalVfs} virtual functions (SR-IOV)`,
      'Enable virtual functions instead: sriov_numvfs',
    );
  if (handle !== 0) return change(`Handle ${handle} was given for a new function of ${who}`, 'Give handle 0');
  const { firstCntlid, maximum } = provisioned;
  const last = firstCntlid + maximum - 1;
  if (status === 'notEnoughResources')
    return change(`${who} provisions ${maximum} functions, and all exist`, 'Destroy one first');
  return change(
    primary.subsystem.controllers.has(cntlid)
      ? `CNTLID ${cntlid} is taken in the NVM subsystem of ${who}`
      : `${who} provisions CNTLIDs ${firstCntlid} to ${last}; ${cntlid} was asked for`,
    `Give a free CNTLID between ${firstCntlid} and ${last}, or ${hex(anyFreeController)} for any`,
  );
}

/** Why a read of the proposal's lists was refused. */
export function proposalReadRefusal({ controller, command, status, who }: RefusedByPrimary): Refusal | null {
  if (command.opcode === functionReceive.opcode) {
    const { sel } = functionReceive.decode(command);
    return sel === 0
      ? change(`${who} was given memory for ${command.readLength} bytes of 4,096`, 'Offer 4,096 bytes')
      : change(`${who} knows SEL 0; SEL ${sel} was given`, 'Give SEL 0');
  }
  const { sel, vsid } = virtualSubsystemReceive.decode(command);
  if (status === 'invalidSubsystem') return unknownSubsystem(who, controller, vsid);
  if (sel > 3) return change(`${who} knows SEL 0 to 3; SEL ${sel} was given`, 'Give SEL 0 to 3');
  const { name, words } = describeCommand(command);
  return change(
    `${who} cannot answer ${name} ${words}`.trim(),
    'Ask for something that its virtual subsystems have: virtual_subsys_list shows them',
  );
}

function unknownSubsystem(who: string, primary: SimulatedPrimary, vsid: number): Refusal {
  return change(
    `${who} has no virtual subsystem ${vsid}; it has ${listed(primary.part.virtualSubsystems.keys())}`,
    'Give one of them, or create it first',
  );
}

/** Why Virtual Subsystem Management (proposal) was refused. */
export function virtualSubsystemRefusal(refused: RefusedByPrimary): Refusal | null {
  const { controller, command, status, who } = refused;
  const { sel, vsid, cntlid, vcid } = virtualSubsystemManagement.decode(command);
  if (sel > virtualSelectors.setExposedCapabilities.value)
    return change(`${who} knows SEL 0 to 5; SEL ${sel} was given`, 'Give SEL 0 to 5');
  const known = controller.part.virtualSubsystems;
  const virtual = known.get(vsid);
  const isCreation = sel === virtualSelectors.create.value;
  if (virtual === undefined && !isCreation) return unknownSubsystem(who, controller, vsid);
  switch (status) {
    case 'invalidSubsystem': {
      const identity = command.data === undefined ? undefined : decodeVirtualSubsystemIdentity(command.data);
      const nqn = identity?.ok ? identity.value.vnqn : '';
      const taken = [...known.values()].find((other) => other !== virtual && other.identity.vnqn === nqn);
      return change(
        `Virtual subsystem ${taken?.vsid ?? vsid} of ${who} already has the NQN ${nqn}`,
        'Give another NQN',
      );
    }
    case 'notEnoughResources':
      return change(
        isCreation
          ? `${who} has ${known.size} virtual subsystems, as many as it keeps`
          : `Virtual subsystem ${vsid} of ${who} has ${(virtual?.members.size ?? 0) + 1} controllers, as many as it takes`,
        isCreation ? 'Delete one first' : 'Remove a controller first',
      );
    case 'commandSequenceError':
      return sequenceRefusal(who, controller, sel, cntlid, virtual);
    case 'invalidControllerIdentifier':
      return memberRefusal(who, controller, virtual, sel, cntlid, vcid);
    default:
      return change(
        `The ${isCreation || sel === virtualSelectors.setIdentity.value ? 'identity' : 'mask'} of ${command.data?.length ?? 0} bytes for ${isCreation ? 'a virtual subsystem' : `virtual subsystem ${vsid}`} of ${who} is not one that it can show`,
        'Give an NQN and PCI identifiers that may exist, and promise only what the hardware has (see the offered capabilities)',
      );
  }
}

function sequenceRefusal(
  who: string,
  primary: SimulatedPrimary,
  sel: number,
  cntlid: number,
  virtual: VirtualSubsystemState | undefined,
): Refusal {
  if (sel === virtualSelectors.delete.value)
    return change(
      `Virtual subsystem ${virtual?.vsid} of ${who} has members: CNTLID ${listed(virtual?.members.keys() ?? [])}`,
      'Remove its controllers first',
    );
  const isOne =
    sel === virtualSelectors.addController.value || sel === virtualSelectors.removeController.value;
  const members = isOne ? [cntlid] : [...(virtual?.members.keys() ?? [])];
  const running = members.filter((each) => {
    const member = primary.subsystem.controllers.get(each);
    return member?.isEnabled === true && !member.suspended;
  });
  return change(
    `CNTLID ${listed(running)} of ${who} is enabled and not suspended, and a guest must not see it change`,
    'Take it from the guest or its driver, or suspend it, first',
  );
}

function memberRefusal(
  who: string,
  primary: SimulatedPrimary,
  virtual: VirtualSubsystemState | undefined,
  sel: number,
  cntlid: number,
  vcid: number,
): Refusal {
  if (sel === virtualSelectors.create.value || vcid > 0xffef)
    return change(
      `${hex(vcid)} is not an identifier for a controller of ${who}`,
      'Give a virtual identifier of at most FFEFh',
    );
  if (sel === virtualSelectors.removeController.value)
    return change(
      `CNTLID ${cntlid} is not in virtual subsystem ${virtual?.vsid} of ${who}; it has CNTLID ${listed(virtual?.members.keys() ?? [])}`,
      'Give one of its members',
    );
  const own = primary.part.secondaries.map((each) => each.cntlid);
  if (!own.includes(cntlid))
    return change(
      `CNTLID ${cntlid} is not a secondary controller of ${who}`,
      `Give one of CNTLID ${listed(own)}`,
    );
  const home = [...primary.part.virtualSubsystems.values()].find(({ members }) => members.has(cntlid));
  if (home !== undefined)
    return change(
      `CNTLID ${cntlid} of ${who} is already in virtual subsystem ${home.vsid}`,
      'Remove it from there first',
    );
  return change(
    `The virtual identifier ${vcid} is taken in virtual subsystem ${virtual?.vsid} of ${who}`,
    `Give another than ${listed([virtual?.primaryVirtualId ?? 0, ...(virtual?.members.values() ?? [])])}`,
  );
}
