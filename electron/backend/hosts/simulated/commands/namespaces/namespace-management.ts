import type { FileNamespace } from '#shared/fleet-file/namespace/namespace-schema.ts';
import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  namespaceManagement as definition,
  namespaceManagementSelectors as selectors,
} from '#shared/nvme/commands/namespace-management.ts';
import { decodeIdentifyNamespace } from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { namespaceChanged } from '../../controller/asynchronous-events.ts';
import type { SimulatedController } from '../../state/controller.ts';
import { namespaceFromFile, type SimulatedNamespace, simulatedFormats } from '../../state/namespace.ts';
import type { SimulatedSubsystem } from '../../state/subsystem.ts';
import { mostNamespaces, numberOfNamespaces } from '../identify/identify-namespaces.ts';

const allNamespaces = 0xffffffff;

/** Namespace Management (NVMe Base 2.1, 5.1.21): create and delete. */
export function namespaceManagement(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  switch (definition.decode(command).sel) {
    case selectors.create.value:
      return create(controller, command);
    case selectors.delete.value:
      return remove(controller, command.nsid >>> 0);
    default:
      return completionOf('invalidField');
  }
}

function create(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const { subsystem } = controller;
  const wanted = command.data === undefined ? undefined : decodeIdentifyNamespace(command.data);
  // Only the NVM command set (CSI 0) is there.
  if (!wanted?.ok || definition.decode(command).csi !== 0) return completionOf('invalidField');
  const { nsze, ncap, flbas, dps, nmic } = wanted.value;
  const format = simulatedFormats[flbas & 0xf];
  if (format === undefined) return completionOf('invalidFormat');
  if (ncap < nsze) return completionOf('thinProvisioningNotSupported');
  if (nsze === 0n || ncap > nsze || dps !== 0 || nmic > 1) return completionOf('invalidField');
  if (nsze > BigInt(Number.MAX_SAFE_INTEGER)) return completionOf('namespaceInsufficientCapacity');
  const blockSize = 2 ** format.ds;
  if (subsystem.usedBytes + nsze * BigInt(blockSize) > subsystem.capacityBytes)
    return completionOf('namespaceInsufficientCapacity');
  if (subsystem.namespaces.size >= mostNamespaces(controller))
    return completionOf('namespaceIdentifierUnavailable');
  const nsid = lowestFreeIdentifier(subsystem.namespaces, numberOfNamespaces(controller));
  if (nsid === undefined) return completionOf('namespaceIdentifierUnavailable');
  const created: FileNamespace = {
    nsid,
    blocks: Number(nsze),
    blockSize,
    metadataSize: format.ms,
    shared: nmic === 1,
    nguid: newNguid(subsystem.nqn, nsid, subsystem.namespaces),
    eui64: '',
    uuid: '',
    attachedTo: [],
    attachedToNewFunctions: false,
  };
  const namespace = namespaceFromFile(created, subsystem.nqn);
  if (!namespace.ok) return completionOf('internalError');
  subsystem.addNamespace(namespace.value);
  return completionOf('success', { dw0: definition.result.encode({ nsid }) });
}

function remove(controller: SimulatedController, nsid: number): AdminCompletion {
  const { subsystem } = controller;
  const doomed =
    nsid === allNamespaces
      ? [...subsystem.namespaces.values()]
      : [...subsystem.namespaces.values()].filter((namespace) => namespace.nsid === nsid);
  if (nsid !== allNamespaces && doomed.length === 0) return completionOf('invalidNamespace');
  for (const namespace of doomed) removeNamespace(subsystem, namespace);
  return completionOf('success');
}

/** Takes a namespace away and tells every controller that it was attached to. */
export function removeNamespace(subsystem: SimulatedSubsystem, namespace: SimulatedNamespace): void {
  subsystem.namespaces.delete(namespace.nsid);
  for (const cntlid of namespace.attachedTo) {
    const attached = subsystem.controllers.get(cntlid);
    if (attached) namespaceChanged(attached, namespace.nsid);
  }
}

function lowestFreeIdentifier(
  namespaces: ReadonlyMap<number, SimulatedNamespace>,
  most: number,
): number | undefined {
  for (let nsid = 1; nsid <= most; nsid++) if (!namespaces.has(nsid)) return nsid;
  return undefined;
}

// Made from the NVM subsystem's name, so that the same commands on the same fleet give the same namespace.
function newNguid(nqn: string, nsid: number, existing: ReadonlyMap<number, SimulatedNamespace>): string {
  const used = new Set([...existing.values()].map((namespace) => namespace.file.nguid));
  for (let generation = 0; ; generation++) {
    let digits = '';
    for (let part = 0; part < 4; part++) {
      let hash = 0x811c9dc5;
      for (const char of `${nqn}#${nsid}#${generation}#${part}`)
        hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
      digits += hash.toString(16).padStart(8, '0');
    }
    if (!used.has(digits)) return digits;
  }
}
