import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { decodePrimaryControllerCapabilities } from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import { decodeSecondaryControllerList } from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
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
  /** By NSID: CNS 00h, and CNS 12h from CNTID 0. */
  readonly namespaces: ReadonlyMap<number, NamespaceRecord>;
}

export interface NamespaceRecord {
  readonly identify: RecordedAnswer | null;
  readonly attached: RecordedAnswer | null;
}

type Decode = typeof decodeIdentifyController | typeof decodeSecondaryControllerList;

/** OACS bits 3 and 7 of Identify Controller (NVMe Base 2.1, 5.1.13.2.1). */
const oacsNamespaceManagement = 1 << 3;
const oacsVirtualizationManagement = 1 << 7;

function adminCommandsOf(identify: RecordedAnswer | null): number | null {
  if (identify?.kind !== 'value') return null;
  const decoded = decodeIdentifyController(identify.value);
  return decoded.ok ? decoded.value.oacs : null;
}

/** Reads the folder of one controller in a snapshot, for example `00-boot/nvme0`. */
export async function readControllerRecord(
  files: SnapshotFiles,
  snapshot: string,
  deviceName: string,
): Promise<ControllerRecord> {
  const folder = `${snapshot}/${deviceName}`;
  const json = (name: string, convert: FromJson, isNeeded = true) =>
    structureFromJson(files, `${folder}/${name}`, convert, isNeeded);
  const either = (binary: string, decode: Decode, name: string, convert: FromJson, isNeeded = true) =>
    structureFromEither(files, `${folder}/${binary}`, decode, `${folder}/${name}`, convert, isNeeded);
  const identify = await either(
    'id-ctrl.bin',
    decodeIdentifyController,
    'id-ctrl.json',
    identifyControllerFromJson,
  );
  // What a controller says it does not support nobody could record.
  const oacs = adminCommandsOf(identify);
  const managesNamespaces = oacs === null || (oacs & oacsNamespaceManagement) !== 0;
  const isPrimary = oacs === null || (oacs & oacsVirtualizationManagement) !== 0;
  return {
    deviceName,
    folder,
    identify,
    activeNamespaces: await json('list-ns.json', namespaceListFromJson),
    allocatedNamespaces: await json('list-ns-all.json', namespaceListFromJson, managesNamespaces),
    controllers: await json('list-ctrl.json', controllerListFromJson, managesNamespaces),
    primaryCapabilities: await either(
      'cns14.bin',
      decodePrimaryControllerCapabilities as Decode,
      'primary-ctrl-caps.json',
      primaryCapabilitiesFromJson,
      isPrimary,
    ),
    secondaries: await either(
      'cns15.bin',
      decodeSecondaryControllerList,
      'list-secondary.json',
      secondaryListFromJson,
      isPrimary,
    ),
    cap: await readCap(files, `${folder}/show-regs.json`),
    namespaces: await readNamespaces(files, folder),
  };
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
  for (const entry of await files.list(folder)) {
    const match = /^ns(\d{1,10})-(?:id-ns|list-ctrl)\.(?:json|txt)$/.exec(entry.name);
    if (match?.[1] !== undefined) nsids.add(Number(match[1]));
  }
  const namespaces = new Map<number, NamespaceRecord>();
  for (const nsid of nsids)
    namespaces.set(nsid, {
      identify: await structureFromJson(files, `${folder}/ns${nsid}-id-ns.json`, identifyNamespaceFromJson),
      attached: await structureFromJson(files, `${folder}/ns${nsid}-list-ctrl.json`, controllerListFromJson),
    });
  return namespaces;
}

async function structureFromJson(
  files: SnapshotFiles,
  file: string,
  convert: FromJson,
  isNeeded = true,
): Promise<RecordedAnswer | null> {
  const output = await readRecordedJson(files, file);
  if (output === null) {
    if (isNeeded && (await recordedJsonOrText(files, file)) === null) missing(files, file);
    return null;
  }
  if (output.kind === 'status') return output;
  const bytes = await inTurns(convert(files, file, output.value));
  return bytes === null ? null : { kind: 'value', value: bytes };
}

// The binary has every bit; the JSON is read all the same, so that a damaged file is told even where it is not needed.
async function structureFromEither(
  files: SnapshotFiles,
  binary: string,
  decode: Decode,
  json: string,
  convert: FromJson,
  isNeeded: boolean,
): Promise<RecordedAnswer | null> {
  const bytes = await readRecordedBytes(files, binary, decode);
  const hasJson = (await recordedJsonOrText(files, json)) !== null;
  const fromJson = hasJson ? await structureFromJson(files, json, convert) : null;
  if (isNeeded && bytes === null && !hasJson && (await files.bytes(binary)) === null) missing(files, json);
  return bytes ?? fromJson;
}

function missing(files: SnapshotFiles, file: string): void {
  const telling = tellingOfFile(file);
  if (telling !== null) files.notRecorded({ source: file, ...telling });
}
