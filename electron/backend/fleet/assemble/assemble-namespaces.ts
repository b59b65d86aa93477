import type { Pacer, Pieces } from '#shared/bounds/pieces.ts';
import { namespaceIdOf } from '#shared/fleet/ids.ts';
import type { Controller, Namespace, Problem } from '#shared/fleet/schema.ts';
import { namespaceDescriptorTypes } from '#shared/nvme/layouts/identify/namespace-descriptors.ts';
import { tableOf } from '#shared/tables.ts';
import type { FunctionReading, NamespaceReading } from '../read/host-reading.ts';
import type { HostNamespace, HostPart } from './host-part.ts';

/** The namespaces that controllers of one host described, by namespace id; nobody is attached yet. */
export function describedNamespaces(
  readBy: ReadonlyMap<string, FunctionReading>,
  controllers: ReadonlyMap<string, Controller>,
): Map<string, HostNamespace> {
  const namespaces = new Map<string, HostNamespace>();
  for (const [controllerId, read] of readBy)
    for (const reading of read.controller?.namespaces ?? []) {
      const fresh = namespaceOf(controllers.get(controllerId)?.subsystemId ?? '', reading);
      const namespace = moreComplete(namespaces.get(fresh.id)?.namespace, fresh);
      namespaces.set(fresh.id, { namespace, attachedTo: [] });
    }
  return namespaces;
}

/**
 * NSIDs attached to each controller of one host, where there are any. Who is attached is told by the controller that
 * manages the attachment: each primary for itself and its secondaries (CNS 12h), because the answers of other controllers
 * and hosts may be older. Where no such list exists, a controller's own active list counts (CNS 02h).
 */
export function* attachmentsOf(
  readBy: ReadonlyMap<string, FunctionReading>,
  controllers: ReadonlyMap<string, Controller>,
  pacer: Pacer,
): Pieces<ReadonlyMap<string, readonly number[]>> {
  const attachments = new Map<string, number[]>();
  const told = new Map<string, ReturnType<typeof attachmentsToldBy>>();
  for (const [id, read] of readBy) {
    told.set(id, attachmentsToldBy(read));
    yield* pacer.did(1 / 2);
  }
  for (const controller of controllers.values()) {
    yield* pacer.did(1 / 2);
    const manager = told.get(controller.role === 'secondary' ? controller.primaryId : controller.id);
    const own = readBy.get(controller.id)?.controller?.activeNamespaces ?? [];
    const nsids = [
      ...own.filter((nsid) => manager?.listed.has(nsid) !== true),
      ...(hasUnknownId(controller) ? [] : (manager?.byController.get(controller.cntlid) ?? [])),
    ];
    if (nsids.length > 0) attachments.set(controller.id, nsids);
  }
  return attachments;
}

function hasUnknownId(controller: Controller): boolean {
  return controller.role === 'secondary' && controller.unlisted?.knowsCntlid === false;
}

/** The namespaces of all hosts: of several descriptions of one the most complete, attached to what any host says. */
export function mergeNamespaces(parts: readonly HostPart[]): Record<string, Namespace> {
  const described = new Map<string, Namespace>();
  const attached = new Map<string, string[]>();
  const note = (id: string, ids: readonly string[]) =>
    attached.set(id, [...(attached.get(id) ?? []), ...ids]);
  for (const { namespaces, attachedElsewhere } of parts) {
    for (const [id, { namespace, attachedTo }] of namespaces) {
      described.set(id, moreComplete(described.get(id), namespace));
      note(id, attachedTo);
    }
    for (const [id, ids] of attachedElsewhere) note(id, ids);
  }
  return tableOf(
    [...described].map(([id, namespace]): [string, Namespace] => [
      id,
      { ...namespace, attachedTo: (attached.get(id) ?? []).sort() },
    ]),
  );
}

/** The lists of attached controllers that one controller answered, turned round: NSIDs by CNTLID. */
function attachmentsToldBy(read: FunctionReading) {
  const listed = new Set<number>();
  const byController = new Map<number, number[]>();
  for (const { nsid, attachedTo } of read.controller?.namespaces ?? []) {
    if (attachedTo === null) continue;
    listed.add(nsid);
    for (const cntlid of new Set(attachedTo)) {
      const nsids = byController.get(cntlid);
      if (nsids === undefined) byController.set(cntlid, [nsid]);
      else nsids.push(nsid);
    }
  }
  return { listed, byController };
}

/** A controller that the namespace is attached to tells its identifiers; another one may refuse to. */
function moreComplete(known: Namespace | undefined, fresh: Namespace): Namespace {
  if (known === undefined) return fresh;
  const weight = ({ nguid, eui64, uuid, sizeBytes, problems }: Namespace) =>
    [nguid, eui64, uuid].filter((text) => text !== '').length + (sizeBytes === '0' ? 0 : 4) - problems.length;
  return weight(fresh) > weight(known) ? fresh : known;
}

function namespaceOf(subsystemId: string, reading: NamespaceReading): Namespace {
  const { nsid, identify, descriptors } = reading;
  const problems: Problem[] = [...reading.problems];
  // FLBAS: low nibble in bits 3:0, high part of the index in bits 6:5 (NVM Command Set 1.1, 4.1.5.1).
  const flbas = identify?.flbas ?? 0;
  const index = (flbas & 0x0f) | ((flbas & 0x60) >> 1);
  const format = identify?.lbafs[index];
  const exponent = format?.ds ?? 0;
  // 2^9 is the smallest block; anything above 2^31 is no block size but garbage.
  const sensible = exponent >= 9 && exponent <= 31;
  if (identify !== null && !sensible)
    problems.push({
      source: `Identify Namespace ${nsid}`,
      field: `bytes ${128 + index * 4}-${131 + index * 4} (LBAF${index})`,
      message: `The LBA data size 2^${exponent} is not valid; Berth assumes 512 bytes.`,
    });
  const blockSize = sensible ? 2 ** exponent : 512;
  const descriptor = (kind: keyof typeof namespaceDescriptorTypes) =>
    descriptors.find((entry) => entry.type === namespaceDescriptorTypes[kind].type)?.identifier ?? '';
  return {
    id: namespaceIdOf(subsystemId, nsid),
    subsystemId,
    nsid,
    sizeBytes: ((identify?.nsze ?? 0n) * BigInt(blockSize)).toString(),
    blockSize,
    metadataSize: sensible ? (format?.ms ?? 0) : 0,
    ...(identify === null || format === undefined ? {} : { formatIndex: index }),
    shared: ((identify?.nmic ?? 0) & 1) === 1,
    ...(((identify?.nmic ?? 0) & 2) === 2 ? { dispersed: true } : {}),
    nguid: nonZero(descriptor('nguid')) || nonZero(identify?.nguid ?? ''),
    eui64: nonZero(descriptor('eui64')) || nonZero(identify?.eui64 ?? ''),
    uuid: uuidText(nonZero(descriptor('uuid'))),
    attachedTo: [],
    problems,
  };
}

function nonZero(digits: string): string {
  return /^0*$/.test(digits) ? '' : digits;
}

function uuidText(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
