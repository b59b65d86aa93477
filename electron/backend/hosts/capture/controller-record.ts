import { isAnnouncedBy, offeredBy } from '#shared/known-devices/offered-by.ts';
import { identifyStructures } from '#shared/nvme/commands/identify.ts';
import { namespaceManagement } from '#shared/nvme/commands/namespace-management.ts';
import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { decodeIdentifyNamespace } from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { decodeNamespaceDescriptors } from '#shared/nvme/layouts/identify/namespace-descriptors.ts';
import { decodePrimaryControllerCapabilities } from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import { decodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { decodeNamespaceList } from '#shared/nvme/layouts/lists/namespace-list.ts';
import { decodeSecondaryControllerList } from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import type { Result } from '#shared/result.ts';
import { announcingIdentify } from '../../fleet/read/identity-text.ts';
import { inTurns } from '../../in-turns.ts';
import { recordedJsonOrText } from '../outputs/recorded-text.ts';
import { tellingOfFile } from '../outputs/structures.ts';
import { type RecordedOutput, readRecordedBytes, readRecordedJson } from './recorded-output.ts';
import {
  controllerListFromJson,
  type FromJson,
  identifyControllerFromJson,
  identifyNamespaceFromJson,
  namespaceListFromJson,
  primaryCapabilitiesFromJson,
  secondaryListFromJson,
} from './recorded-structures.ts';
import type { SnapshotFiles } from './snapshot-files.ts';

/** What a controller answered to one Identify command: 4096 bytes, or a refusal. */
export type RecordedAnswer = RecordedOutput<Uint8Array>;

/** Everything that a snapshot recorded of one controller through its device node. */
export interface ControllerRecord {
  /** `nvme0` */
  readonly deviceName: string;
  /** The folder inside the capture that it was read from. */
  readonly folder: string;
  /** CNS 01h. */
  readonly identify: RecordedAnswer | null;
  /** CNS 02h, NSID 0. */
  readonly activeNamespaces: RecordedAnswer | null;
  /** CNS 10h, NSID 0. */
  readonly allocatedNamespaces: RecordedAnswer | null;
  /** CNS 13h, CNTID 0. */
  readonly controllers: RecordedAnswer | null;
  /** CNS 14h. */
  readonly primaryCapabilities: RecordedAnswer | null;
  /** CNS 15h, CNTID 0. */
  readonly secondaries: RecordedAnswer | null;
  /** CAP property from show-regs; null when the kernel did not let it be read. */
  readonly cap: bigint | null;
  /** By NSID. */
  readonly namespaces: ReadonlyMap<number, NamespaceRecord>;
}

export interface NamespaceRecord {
  /** CNS 00h. */
  readonly identify: RecordedAnswer | null;
  /** CNS 11h: also of a namespace that is not attached. */
  readonly allocated: RecordedAnswer | null;
  /** CNS 03h. */
  readonly descriptors: RecordedAnswer | null;
  /** CNS 12h from CNTID 0. */
  readonly attached: RecordedAnswer | null;
}

type Decode = (bytes: Uint8Array) => Result<unknown>;

/** Reads the folder of one controller in a snapshot, for example `00-boot/nvme0`. */
export async function readControllerRecord(
  files: SnapshotFiles,
  snapshot: string,
  deviceName: string,
): Promise<ControllerRecord> {
  const folder = `${snapshot}/${deviceName}`;
  const either = (name: string, decode: Decode, convert: FromJson, binary = name, isExpected = true) =>
    structureFromEither(
      files,
      `${folder}/${binary}.bin`,
      decode,
      `${folder}/${name}.json`,
      convert,
      isExpected,
    );
  const identify = await either('id-ctrl', decodeIdentifyController, identifyControllerFromJson);
  // What a controller says it does not support nobody could record.
  const announced = announcingOf(identify);
  const has = (cns: number) => offeredBy(announced, 'structures', cns) !== false;
  // QEMU announces Namespace Management and has the lists that belong to it, but not the command.
  const managesNamespaces = isAnnouncedBy(announced, 'adminCommands', namespaceManagement.opcode) !== false;
  return {
    deviceName,
    folder,
    identify,
    activeNamespaces: await either('list-ns', decodeNamespaceList, namespaceListFromJson),
    allocatedNamespaces: await either(
      'list-ns-all',
      decodeNamespaceList,
      namespaceListFromJson,
      'list-ns-all',
      managesNamespaces && has(identifyStructures.allocatedNamespaces.value),
    ),
    controllers: await either(
      'list-ctrl',
      decodeControllerList,
      controllerListFromJson,
      'list-ctrl',
      managesNamespaces,
    ),
    primaryCapabilities: await either(
      'primary-ctrl-caps',
      decodePrimaryControllerCapabilities,
      primaryCapabilitiesFromJson,
      'cns14',
      has(identifyStructures.primaryControllerCapabilities.value),
    ),
    secondaries: await either(
      'list-secondary',
      decodeSecondaryControllerList,
      secondaryListFromJson,
      'cns15',
      has(identifyStructures.secondaryControllers.value),
    ),
    cap: await readCap(files, `${folder}/show-regs.json`),
    namespaces: await readNamespaces(files, folder),
  };
}

/** What a controller announces; one that was not identified may have everything. */
function announcingOf(identify: RecordedAnswer | null) {
  const decoded = identify?.kind === 'value' ? decodeIdentifyController(identify.value) : null;
  return announcingIdentify(decoded?.ok ? decoded.value : null);
}

// CAP has 64 bits, more than a JSON number carries, so it is taken from the text. nvme-cli 2.3 may abort behind it.
async function readCap(files: SnapshotFiles, file: string): Promise<bigint | null> {
  const digits = /"cap":\s*"?(\d{1,20})\b/.exec((await recordedJsonOrText(files, file)) ?? '')?.[1];
  if (digits === undefined && (await files.bytes(file)) === null) missing(files, file);
  const cap = digits === undefined ? null : BigInt(digits);
  return cap !== null && cap < 1n << 64n ? cap : null;
}

async function readNamespaces(
  files: SnapshotFiles,
  folder: string,
): Promise<ReadonlyMap<number, NamespaceRecord>> {
  const nsids = new Set<number>();
  const allocated = new Set<number>();
  for (const entry of await files.list(folder)) {
    const match = /^ns(\d{1,10})-(?:id-ns(-allocated)?|list-ctrl|ns-descs)\.(?:json|txt|bin)$/.exec(
      entry.name,
    );
    if (match?.[1] === undefined) continue;
    nsids.add(Number(match[1]));
    if (match[2] !== undefined) allocated.add(Number(match[1]));
  }
  const namespaces = new Map<number, NamespaceRecord>();
  for (const nsid of nsids) {
    const file = (name: string) => `${folder}/ns${nsid}-${name}`;
    const either = (name: string, decode: Decode, convert: FromJson, isNeeded: boolean) =>
      structureFromEither(files, file(`${name}.bin`), decode, file(`${name}.json`), convert, isNeeded);
    const binary = (name: string, decode: Decode) => readRecordedBytes(files, file(`${name}.bin`), decode);
    // Who asked for the namespace as allocated need not have asked for it as attached.
    const isNeeded = !allocated.has(nsid);
    namespaces.set(nsid, {
      identify: await either('id-ns', decodeIdentifyNamespace, identifyNamespaceFromJson, isNeeded),
      allocated: await binary('id-ns-allocated', decodeIdentifyNamespace),
      descriptors: await binary('ns-descs', decodeNamespaceDescriptors),
      attached: await either('list-ctrl', decodeControllerList, controllerListFromJson, true),
    });
  }
  return namespaces;
}

async function structureFromJson(
  files: SnapshotFiles,
  file: string,
  convert: FromJson,
): Promise<RecordedAnswer | null> {
  const output = await readRecordedJson(files, file);
  if (output === null) return null;
  if (output.kind === 'status') return output;
  const bytes = await inTurns(convert(files, file, output.value));
  return bytes === null ? null : { kind: 'value', value: bytes };
}

// The binary has every bit. The JSON beside it is read all the same, so that a damaged file is told, and made into nothing.
async function structureFromEither(
  files: SnapshotFiles,
  binary: string,
  decode: Decode,
  json: string,
  convert: FromJson,
  isExpected: boolean,
): Promise<RecordedAnswer | null> {
  const bytes = await readRecordedBytes(files, binary, decode);
  if (bytes !== null) {
    await readRecordedJson(files, json);
    return bytes;
  }
  const fromJson = await structureFromJson(files, json, convert);
  if (isExpected && fromJson === null && (await isAbsent(files, binary, json))) missing(files, json);
  return fromJson;
}

/** Neither is there; what is there and of no use has been told. */
async function isAbsent(files: SnapshotFiles, binary: string, json: string): Promise<boolean> {
  return (await files.bytes(binary)) === null && (await recordedJsonOrText(files, json)) === null;
}

function missing(files: SnapshotFiles, file: string): void {
  const telling = tellingOfFile(file);
  if (telling !== null) files.notRecorded({ source: file, ...telling });
}
