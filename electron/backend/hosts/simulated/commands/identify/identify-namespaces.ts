import {
  encodeNamespaceList,
  maximumNamespaceIdentifiers,
} from '#shared/nvme/layouts/lists/namespace-list.ts';
import { managesNamespaces } from '../../controller/announced.ts';
import { shownFormats } from '../../controller/exposed-answers.ts';
import { shownTemplate } from '../../controller/shown-identity.ts';
import type { SimulatedController } from '../../state/controller.ts';
import { commonNamespaceBytes, type SimulatedNamespace } from '../../state/namespace.ts';
import type { IdentifyAnswer } from './identify-answer.ts';

const structureLength = 4096;
const allNamespaces = 0xffffffff;
const numberOfNamespacesOffset = 516;
const allowedNamespacesOffset = 540;

/** Identify Namespace, attached (CNS 00h) or allocated (CNS 11h). An inactive namespace answers with zeroes. */
export function identifyNamespace(
  controller: SimulatedController,
  nsid: number,
  scope: 'attached' | 'allocated',
): IdentifyAnswer {
  if (nsid === allNamespaces && scope === 'attached' && managesNamespaces(controller.subsystem)) {
    const common = commonNamespaceBytes();
    return common.ok ? shownFormats(controller, common.value) : 'internalError';
  }
  if (!isValid(controller, nsid)) return 'invalidNamespace';
  const namespace = controller.subsystem.namespaces.get(nsid);
  const isVisible = namespace && (scope === 'allocated' || namespace.attachedTo.has(controller.cntlid));
  return isVisible ? shownFormats(controller, namespace.identify.slice()) : new Uint8Array(structureLength);
}

/** Active namespaces with identifiers above NSID (CNS 02h and 07h). */
export function attachedNamespaces(controller: SimulatedController, after: number): IdentifyAnswer {
  return list(controller, after, (namespace) => namespace.attachedTo.has(controller.cntlid));
}

/** Allocated namespaces with identifiers above NSID (CNS 10h). */
export function allocatedNamespaces(controller: SimulatedController, after: number): IdentifyAnswer {
  return list(controller, after, () => true);
}

/** Namespace Identification Descriptor list (CNS 03h). */
export function namespaceDescriptors(controller: SimulatedController, nsid: number): IdentifyAnswer {
  if (!isValid(controller, nsid)) return 'invalidNamespace';
  const namespace = attachedNamespace(controller, nsid);
  return namespace ? namespace.descriptors.slice() : 'invalidField';
}

/** I/O Command Set Independent Identify Namespace (CNS 08h). */
export function independentNamespace(controller: SimulatedController, nsid: number): IdentifyAnswer {
  if (!isValid(controller, nsid)) return 'invalidNamespace';
  const bytes = new Uint8Array(structureLength);
  const namespace = attachedNamespace(controller, nsid);
  if (!namespace) return bytes;
  bytes[1] = namespace.isShared ? 1 : 0;
  // NSTAT bit 0: ready.
  bytes[14] = 1;
  return bytes;
}

function attachedNamespace(controller: SimulatedController, nsid: number): SimulatedNamespace | undefined {
  const namespace = controller.subsystem.namespaces.get(nsid);
  return namespace?.attachedTo.has(controller.cntlid) ? namespace : undefined;
}

/** An NSID that may exist: 1 to NN (NVMe Base 2.1, 3.2.1.2). */
export function isValid(controller: SimulatedController, nsid: number): boolean {
  return nsid >= 1 && nsid <= numberOfNamespaces(controller);
}

/** MNAN of Identify Controller, how many namespaces may exist; NN where it reads 0 (NVMe Base 2.1, 5.1.13). */
export function mostNamespaces(controller: SimulatedController): number {
  return numberAt(controller, allowedNamespacesOffset) || numberOfNamespaces(controller);
}

/** NN of Identify Controller. */
export function numberOfNamespaces(controller: SimulatedController): number {
  return numberAt(controller, numberOfNamespacesOffset);
}

function numberAt(controller: SimulatedController, offset: number): number {
  const template = shownTemplate(controller);
  return new DataView(template.buffer, template.byteOffset).getUint32(offset, true);
}

function list(
  controller: SimulatedController,
  after: number,
  isListed: (namespace: SimulatedNamespace) => boolean,
): IdentifyAnswer {
  if (after >= 0xfffffffe) return 'invalidNamespace';
  const identifiers: number[] = [];
  for (const namespace of controller.subsystem.namespaces.values())
    if (namespace.nsid > after && isListed(namespace)) identifiers.push(namespace.nsid);
  const encoded = encodeNamespaceList({ identifiers: identifiers.slice(0, maximumNamespaceIdentifiers) });
  return encoded.ok ? encoded.value : 'internalError';
}
