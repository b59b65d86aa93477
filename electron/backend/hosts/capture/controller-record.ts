import { offeredBy } from '#shared/known-devices/offered-by.ts';
import { identifyStructures } from '#shared/nvme/commands/identify.ts';
import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { decodePrimaryControllerCapabilities } from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import { decodeSecondaryControllerList } from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import { announcingIdentify } from '../../fleet/read/identity-text.ts';
import { inTurns } from '../../in-turns.ts';
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
import { recordFileWith } from './recording-commands.ts';
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

/** Reads the folder of one controller in a snapshot, for example `00-boot/nvme0`. */
export async function readControllerRecord(
  files: SnapshotFiles,
  snapshot: string,
  deviceName: string,
): Promise<ControllerRecord> {
  const folder = `${snapshot}/${deviceName}`;
  const json = (name: string, convert: FromJson) => structureFromJson(files, `${folder}/${name}`, convert);
  const either = (binary: string, decode: Decode, name: string, convert: FromJson, isExpected = true) =>
    structureFromEither(files, `${folder}/${binary}`, decode, `${folder}/${name}`, convert, isExpected);
  const identify = await either(
    'id-ctrl.bin',
    decodeIdentifyController,
    'id-ctrl.json',
    identifyControllerFromJson,
  );
  const has = (cns: number) => offersStructure(identify, cns);
  return {
    deviceName,
    folder,
    identify,
    activeNamespaces: await json('list-ns.json', namespaceListFromJson),
    allocatedNamespaces: await json('list-ns-all.json', namespaceListFromJson),
    controllers: await json('list-ctrl.json', controllerListFromJson),
    primaryCapabilities: await either(
      'cns14.bin',
      decodePrimaryControllerCapabilities as Decode,
      'primary-ctrl-caps.json',
      primaryCapabilitiesFromJson,
      has(identifyStructures.primaryControllerCapabilities.value),
    ),
    secondaries: await either(
      'cns15.bin',
      decodeSecondaryControllerList,
      'list-secondary.json',
      secondaryListFromJson,
      has(identifyStructures.secondaryControllers.value),
    ),
    cap: await readCap(files, `${folder}/show-regs.json`),
    namespaces: await readNamespaces(files, folder),
  };
}

/** Whether it is announced; what was not identified may have everything. */
function offersStructure(identify: RecordedAnswer | null, cns: number): boolean {
  const decoded = identify?.kind === 'value' ? decodeIdentifyController(identify.value) : null;
  return offeredBy(announcingIdentify(decoded?.ok ? decoded.value : null), 'structures', cns) !== false;
}

// CAP has 64 bits, more than a JSON number carries, so it is taken from the text. nvme-cli 2.3 may abort behind it.
async function readCap(files: SnapshotFiles, file: string): Promise<bigint | null> {
  const digits = /"cap":(\d{1,20})\b/.exec((await files.text(file)) ?? '')?.[1];
  const cap = digits === undefined ? null : BigInt(digits);
  return cap !== null && cap < 1n << 64n ? cap : null;
}

async function readNamespaces(
  files: SnapshotFiles,
  folder: string,
): Promise<ReadonlyMap<number, NamespaceRecord>> {
  const nsids = new Set<number>();
  for (const entry of await files.list(folder)) {
    const match = /^ns(\d{1,10})-(?:id-ns|list-ctrl)\.json$/.exec(entry.name);
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
): Promise<RecordedAnswer | null> {
  const output = await readRecordedJson(files, file);
  if (output === null) {
    if ((await files.bytes(file)) === null) missing(files, file);
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
  isExpected: boolean,
): Promise<RecordedAnswer | null> {
  const bytes = await readRecordedBytes(files, binary, decode);
  const hasJson = (await files.bytes(json)) !== null;
  const fromJson = hasJson ? await structureFromJson(files, json, convert) : null;
  if (isExpected && bytes === null && !hasJson && (await files.bytes(binary)) === null) missing(files, json);
  return bytes ?? fromJson;
}

function missing(files: SnapshotFiles, file: string): void {
  const [device = '', name = ''] = file.split('/').slice(-2);
  files.problem(file, 'The file is missing from the capture', { fix: recordFileWith(name, device) });
}
