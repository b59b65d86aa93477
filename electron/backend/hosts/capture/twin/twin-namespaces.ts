import type { Pieces } from '#shared/bounds/pieces.ts';
import { fleetSizes } from '#shared/bounds/sizes.ts';
import type { FleetFileInput } from '#shared/fleet-file/schema.ts';
import { decodeIdentifyNamespace } from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { decodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { decodeNamespaceList } from '#shared/nvme/layouts/lists/namespace-list.ts';
import { capturedIdentify } from '../capture.ts';
import type { RecordedAnswer } from '../controller-record.ts';
import type { CapturedController } from '../snapshot.ts';
import { note, type TwinContext } from './twin-context.ts';

type NamespaceInput = NonNullable<NonNullable<FleetFileInput['subsystems']>[number]['namespaces']>[number];

/** What the controllers of one subsystem say of its namespaces, each of them read once. */
interface Listing {
  /** CNTLIDs that have a namespace attached, by NSID: from its own controller lists, and from their active lists. */
  readonly attached: ReadonlyMap<number, ReadonlySet<number>>;
  /** CNTLIDs of the physical functions. */
  readonly primaries: ReadonlySet<number>;
  /** As sysfs has them. */
  readonly uuids: ReadonlyMap<number, string>;
  readonly nsids: ReadonlySet<number>;
}

/** The namespaces of one subsystem with their attachments, as its controllers list them; `known` are its CNTLIDs. */
export function* twinNamespaces(
  context: TwinContext,
  nqn: string,
  controllers: readonly CapturedController[],
  known: ReadonlySet<number>,
): Pieces<NamespaceInput[]> {
  const listing = yield* listNamespaces(context, controllers);
  const namespaces: NamespaceInput[] = [];
  for (const nsid of [...listing.nsids].sort((a, b) => a - b)) {
    yield* context.pacer.did();
    namespaces.push(namespace(context, `${nqn}#${nsid}`, nsid, listing, known));
  }
  return namespaces;
}

function* listNamespaces(context: TwinContext, controllers: readonly CapturedController[]): Pieces<Listing> {
  // Virtual functions have lists of their own, and a private namespace may show in one of them only.
  const all = controllers.flatMap((controller) => [
    controller,
    ...(context.virtualFunctions.get(controller.address)?.values() ?? []),
  ]);
  const attached = new Map<number, Set<number>>();
  let attachments = 0;
  const attach = (nsid: number, cntlid: number) => {
    const known = attached.get(nsid) ?? new Set<number>();
    attached.set(nsid, known);
    if (!known.has(cntlid)) attachments += 1;
    known.add(cntlid);
  };
  const nsids = new Set<number>();
  const uuids = new Map<number, string>();
  const primaries = new Set<number>();
  for (const controller of new Set(all)) {
    yield* context.pacer.did();
    // More than a fleet may have; it is refused for that.
    if (attachments > fleetSizes.attachments) break;
    const { record, device } = controller;
    const identified = capturedIdentify(controller)?.cntlid;
    const own = identified ?? device?.cntlid;
    if (controller.function?.sriov != null && identified !== undefined) primaries.add(identified);
    for (const nsid of identifiers(record?.allocatedNamespaces)) nsids.add(nsid);
    for (const nsid of identifiers(record?.activeNamespaces)) {
      nsids.add(nsid);
      if (own != null) attach(nsid, own);
    }
    for (const [nsid, { attached: answer }] of record?.namespaces ?? []) {
      const list = answer?.kind === 'value' ? decodeControllerList(answer.value) : null;
      if (list?.ok) for (const cntlid of list.value.identifiers) attach(nsid, cntlid);
    }
    for (const [nsid, { uuid }] of device?.namespaces ?? [])
      if (uuid !== '' && !uuids.has(nsid)) uuids.set(nsid, uuid);
  }
  return { attached, primaries, uuids, nsids };
}

function namespace(
  context: TwinContext,
  key: string,
  nsid: number,
  listing: Listing,
  known: ReadonlySet<number>,
): NamespaceInput {
  const listed = [...(listing.attached.get(nsid) ?? [])].sort((a, b) => a - b);
  const attached = listed.filter((cntlid) => known.has(cntlid));
  const unknown = listed.filter((cntlid) => !known.has(cntlid));
  if (unknown.length > 0)
    note(context, {
      source: '',
      field: key,
      message: `Namespace ${key} is attached to CNTLID ${unknown.slice(0, 10).join(', ')}, which the capture does not have; the twin leaves that out`,
      fix: 'Record all hosts that reach the NVM subsystem',
    });
  const bytes = context.capture.namespaceIdentities.get(key);
  const decoded = bytes === undefined ? null : decodeIdentifyNamespace(bytes);
  const found = (listing.uuids.get(nsid) ?? '').toLowerCase();
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(found) ? found : '';
  if (bytes === undefined || !decoded?.ok) {
    context.undescribed.add(key);
    note(context, {
      source: '',
      field: key,
      message: `Namespace ${key} was never identified; the twin gives it a size of one block`,
      fix: 'Attach it to a controller and record the capture again',
    });
    return { nsid, blocks: 1, uuid, attachedTo: attached };
  }
  const identity = decoded.value;
  const odd = (message: string) =>
    note(context, { source: '', field: key, message: `Namespace ${key} ${message}` });
  // FLBAS 3:0 and, above 16 formats, bits 6:5 select the format (NVM Command Set 1.1, 4.1.5.1).
  const format = identity.lbafs[(identity.flbas & 0xf) | ((identity.flbas >> 1) & 0x30)];
  const isShared = (identity.nmic & 1) === 1;
  if (!isShared && attached.length > 1)
    odd('is private (NMIC), but is attached to several controllers; the twin treats it as shared');
  const exponent = format?.ds ?? 9;
  const blockSize = exponent >= 9 && exponent <= 16 ? 2 ** exponent : 512;
  if (blockSize !== 2 ** exponent)
    odd(`has blocks of 2^${exponent} bytes, which the twin does not have; it takes 512 bytes`);
  const most = Math.floor(Number.MAX_SAFE_INTEGER / blockSize);
  const blocks = Math.min(Math.max(1, Number(identity.nsze)), most);
  if (BigInt(blocks) !== identity.nsze) odd(`has ${identity.nsze} blocks; the twin has ${blocks}`);
  const shared = isShared || attached.length > 1;
  return {
    nsid,
    blocks,
    blockSize,
    metadataSize: format?.ms ?? 0,
    shared,
    nguid: /[1-9a-f]/.test(identity.nguid) ? identity.nguid : '',
    eui64: /[1-9a-f]/.test(identity.eui64) ? identity.eui64 : '',
    uuid,
    attachedTo: attached,
    // Such devices attach to a new virtual function what they attached to its physical function when they started.
    attachedToNewFunctions: shared && attached.some((cntlid) => listing.primaries.has(cntlid)),
    identifyNamespace: Buffer.from(bytes).toString('base64'),
  };
}

function identifiers(answer: RecordedAnswer | null | undefined): readonly number[] {
  if (answer?.kind !== 'value') return [];
  const list = decodeNamespaceList(answer.value);
  return list.ok ? list.value.identifiers : [];
}
