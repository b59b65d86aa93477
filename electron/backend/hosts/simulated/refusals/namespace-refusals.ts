import {
  namespaceAttachment,
  namespaceAttachmentSelectors,
} from '#shared/nvme/commands/namespace-attachment.ts';
import {
  namespaceManagement,
  namespaceManagementSelectors,
} from '#shared/nvme/commands/namespace-management.ts';
import { decodeIdentifyNamespace } from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { decodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { nvmeCliLine, spellLine } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import type { Refusal } from '../../refusal.ts';
import { mostNamespaces, numberOfNamespaces } from '../commands/identify/identify-namespaces.ts';
import { isSecondary, type SimulatedController } from '../state/controller.ts';
import { type SimulatedNamespace, simulatedFormats } from '../state/namespace.ts';
import type { SimulatedSubsystem } from '../state/subsystem.ts';
import { functionPath } from '../sysfs/places.ts';
import {
  attachedTo,
  change,
  controllerName,
  deviceForLine,
  functionOf,
  listed,
  type RefusedCommand,
} from './refused-command.ts';

const allNamespaces = 0xffffffff;

const allocated = (subsystem: SimulatedSubsystem) => listed(subsystem.namespaces.keys());

/** A namespace identifier that does not fit the controller. */
export function namespaceUnknown(refused: RefusedCommand): Refusal {
  const { controller, command, host } = refused;
  const { subsystem } = controller;
  const nsid = command.nsid >>> 0;
  const who = controllerName(host, controller);
  const most = numberOfNamespaces(controller);
  const known = allocated(subsystem);
  if (nsid === allNamespaces)
    return change(
      `All namespaces at once (FFFFFFFFh) is not defined for this command; ${who} has ${known}`,
      'Name one namespace',
    );
  if (nsid === 0 || nsid > most)
    return change(
      `Namespace ${nsid} cannot exist: ${who} has identifiers 1 to ${most} (NN); allocated are ${known}`,
      subsystem.namespaces.size === 0
        ? 'Create a namespace first'
        : `Give --namespace-id with one of ${known}`,
    );
  const namespace = subsystem.namespaces.get(nsid);
  if (namespace === undefined)
    return change(
      `There is no namespace ${nsid}; allocated are ${known}`,
      'Give --namespace-id with one of them, or create it first',
    );
  return {
    cause: `Namespace ${nsid} is not attached to ${who}; it is attached to CNTLID ${listed(attachedTo(namespace))}`,
    fix: 'Attach it first, or give one that nvme list-ns shows',
    lines: namespace.isShared || namespace.attachedTo.size === 0 ? [attachLine(refused, nsid)] : [],
  };
}

/** The line goes to a controller that may attach: the primary of a secondary. */
function attachLine({ controller, host }: RefusedCommand, nsid: number): string {
  const sender = isSecondary(controller) ? controller.part.primary : controller;
  const line = nvmeCliLine('attach-ns', { 'namespace-id': nsid, controllers: String(controller.cntlid) });
  return spellLine(line, deviceForLine(host, sender), '2.x');
}

/** Why Namespace Management was refused. */
export function namespaceRefusal(refused: RefusedCommand): Refusal | null {
  const { controller, command, status, host } = refused;
  const { subsystem } = controller;
  const who = controllerName(host, controller);
  if (status === 'invalidNamespace') return namespaceUnknown(refused);
  const { sel, csi } = namespaceManagement.decode(command);
  if (sel > namespaceManagementSelectors.delete.value)
    return change(`${who} knows create (SEL 0) and delete (1), not SEL ${sel}`, 'Give SEL 0 or 1 in CDW10');
  const wanted = command.data === undefined ? undefined : decodeIdentifyNamespace(command.data);
  if (!wanted?.ok)
    return change(
      `What ${who} got of the new namespace is not a structure of 4,096 bytes (${command.data?.length ?? 0} came)`,
      'Send Identify Namespace data of 4,096 bytes',
    );
  if (csi !== 0)
    return change(`${who} has the NVM command set (CSI 0) only; CSI ${csi} was asked for`, 'Give --csi=0');
  const { nsze, ncap, flbas, dps, nmic } = wanted.value;
  const index = flbas & 0xf;
  const format = simulatedFormats[index];
  const last = simulatedFormats.length - 1;
  if (status === 'invalidFormat' || format === undefined)
    return change(
      `${who} has LBA formats 0 to ${last}, and ${index} was asked for`,
      `Give --flbas=0 to ${last}, or --block-size`,
    );
  if (status === 'thinProvisioningNotSupported')
    return change(
      `The capacity is ${ncap} blocks and the size ${nsze}: ${who} has no thin provisioning (NSFEAT bit 0 is 0)`,
      `Give --ncap=${nsze}`,
    );
  if (status === 'namespaceInsufficientCapacity') return tooLarge(refused, nsze, 2n ** BigInt(format.ds));
  if (status === 'namespaceIdentifierUnavailable')
    return change(
      `${who} has ${mostWords(controller)} and as many are allocated: ${allocated(subsystem)}`,
      'Delete a namespace first; that destroys its data',
    );
  if (nsze === 0n) return change(`The size for ${who} is 0 blocks`, 'Give --nsze and --ncap, in blocks');
  if (ncap > nsze)
    return change(
      `The capacity (${ncap} blocks) for ${who} is above the size (${nsze})`,
      `Give --ncap=${nsze}`,
    );
  if (dps !== 0)
    return change(`${who} has no protection information (DPC is 0), and DPS is ${dps}`, 'Leave --dps out');
  if (nmic > 1)
    return change(`NMIC ${nmic} for ${who} has reserved bits`, 'Give --nmic=1 (shared) or 0 (private)');
  return null;
}

/** How many namespaces there may be, and the field that says so. */
function mostWords(controller: SimulatedController): string {
  const [most, identifiers] = [mostNamespaces(controller), numberOfNamespaces(controller)];
  return most < identifiers ? `${most} namespaces at most (MNAN)` : `${identifiers} namespaces at most (NN)`;
}

function tooLarge({ controller, host }: RefusedCommand, nsze: bigint, blockSize: bigint): Refusal {
  const { subsystem } = controller;
  const free = subsystem.capacityBytes - subsystem.usedBytes;
  const most = free / blockSize;
  // The commonest mistake: the size was given in bytes (nvme-cli issues 185 and 2136).
  const inBlocks = nsze % blockSize === 0n && nsze / blockSize <= most;
  return change(
    `The namespace needs ${nsze} blocks of ${blockSize} bytes, and ${most} are not allocated on ${controllerName(host, controller)} (UNVMCAP ${free} of TNVMCAP ${subsystem.capacityBytes}); allocated namespaces: ${allocated(subsystem)}`,
    inBlocks
      ? `If ${nsze} was meant in bytes, give --nsze=${nsze / blockSize} --ncap=${nsze / blockSize}: sizes are blocks`
      : most === 0n
        ? 'Delete a namespace first; that destroys its data'
        : `Give --nsze and --ncap of at most ${most}, or delete a namespace first; that destroys its data`,
  );
}

/** Why Namespace Attachment was refused. */
export function attachmentRefusal(refused: RefusedCommand): Refusal | null {
  const { controller, command, status, host } = refused;
  const { subsystem } = controller;
  const who = controllerName(host, controller);
  const nsid = command.nsid >>> 0;
  const namespace = subsystem.namespaces.get(nsid);
  if (status === 'invalidNamespace' || namespace === undefined) return namespaceUnknown(refused);
  const { sel } = namespaceAttachment.decode(command);
  if (sel > namespaceAttachmentSelectors.detach.value)
    return change(`${who} knows attach (SEL 0) and detach (1), not SEL ${sel}`, 'Give SEL 0 or 1 in CDW10');
  const list = command.data === undefined ? undefined : decodeControllerList(command.data);
  const identifiers = list?.ok ? list.value.identifiers : [];
  if (status === 'invalidField') {
    if (!subsystem.controllerLists)
      return change(
        `The controllers of the NVM subsystem of ${who} do not know one another (no nvme-subsys device), so namespace ${nsid} stays where it is`,
        'Use a drive whose controllers share an NVM subsystem',
      );
    return change(
      `The controller list for ${who} has ${command.data?.length ?? 0} bytes, and a list has 4,096`,
      'Send a controller list of 4,096 bytes',
    );
  }
  switch (status) {
    case 'controllerListInvalid':
      return badList(refused, identifiers);
    case 'namespaceIsPrivate':
      return privateNamespace(refused, namespace, identifiers);
    case 'namespaceAlreadyAttached': {
      const attached = identifiers.filter((each) => namespace.attachedTo.has(each));
      return change(
        attached.length === 0
          ? `CNTLID ${listed(identifiers)} names a controller twice for namespace ${nsid}`
          : `Namespace ${nsid} is already attached to CNTLID ${listed(attached)}`,
        'Leave that controller out of --controllers; nothing else is needed for it',
      );
    }
    case 'namespaceNotAttached':
      return change(
        `Namespace ${nsid} is not attached to CNTLID ${listed(identifiers.filter((each) => !namespace.attachedTo.has(each)))}; it is attached to ${listed(attachedTo(namespace))}`,
        namespace.attachedTo.size === 0
          ? 'Leave the step out: nothing is attached to it'
          : `Give --controllers=${attachedTo(namespace).join(',')} or fewer`,
      );
    default:
      return null;
  }
}

function badList({ controller, host }: RefusedCommand, identifiers: readonly number[]): Refusal {
  const { subsystem } = controller;
  const who = controllerName(host, controller);
  const present = [...subsystem.controllers.values()].filter(({ isPresent }) => isPresent);
  const fix = `Give --controllers with CNTLIDs of this NVM subsystem (${listed(present.map(({ cntlid }) => cntlid))}); that of ${who} is ${controller.cntlid}`;
  if (identifiers.length === 0) return change(`The list of controllers for ${who} is empty`, fix);
  const absent = identifiers.filter((cntlid) => subsystem.presentController(cntlid) === undefined);
  const waiting = absent.flatMap((cntlid) => {
    const found = subsystem.controllers.get(cntlid);
    return found !== undefined && isSecondary(found) ? [found] : [];
  });
  const [first] = waiting;
  if (first === undefined || waiting.length < absent.length)
    return change(`There is no controller CNTLID ${listed(absent)} in the NVM subsystem of ${who}`, fix);
  const { primary } = first.part;
  const address = functionOf(host, primary)?.address;
  const count = Math.max(...waiting.map(({ part }) => part.vfn));
  return {
    cause: `CNTLID ${listed(absent)} is there only while its virtual function is: VF ${count} is not enabled, sriov_numvfs is ${primary.part.numVfs}`,
    fix: `Write at least ${count}`,
    lines:
      address === undefined || primary.part.numVfs > 0
        ? []
        : [`echo ${count} > ${functionPath(address)}/sriov_numvfs`],
  };
}

function privateNamespace(
  { controller, host }: RefusedCommand,
  namespace: SimulatedNamespace,
  identifiers: readonly number[],
): Refusal {
  const { nsid } = namespace;
  const attached = attachedTo(namespace);
  const again = `create it with --nmic=1, which destroys its data`;
  if (identifiers.length > 1)
    return change(
      `Namespace ${nsid} is private (NMIC is 0) and takes one controller; ${identifiers.length} were named (CNTLID ${listed(identifiers)})`,
      `Give one controller, or ${again}`,
    );
  const detach = nvmeCliLine('detach-ns', { 'namespace-id': nsid, controllers: attached.join(',') });
  return {
    cause: `Namespace ${nsid} is private (NMIC is 0) and attached to CNTLID ${listed(attached)}`,
    fix: `Detach it there first, which takes its block device away, or ${again}`,
    lines: [spellLine(detach, deviceForLine(host, controller), '2.x')],
  };
}
