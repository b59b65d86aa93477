import { decodeFields } from '#shared/nvme/layout.ts';
import { identifyControllerFields } from '#shared/nvme/layouts/identify/identify-controller-fields.ts';
import {
  blankIdentifyNamespace,
  encodeIdentifyNamespace,
  identifyNamespaceFields,
} from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { decodeNamespaceList } from '#shared/nvme/layouts/lists/namespace-list.ts';
import { createEventLoopPause } from '../../fleet/read/event-loop-pause.ts';
import { recordedStructures, type StructureName, tellingCommand } from '../outputs/structures.ts';
import { type CapturedController, readSnapshot, type Snapshot } from './snapshot.ts';
import type { SnapshotFiles } from './snapshot-files.ts';

/**
 * What a device is (not how it stands) holds for the whole capture: a drive that this snapshot did not identify, or a
 * namespace that nobody was attached to (whose Identify data reads zero), is completed from the capture's other
 * snapshots. Every such loan is told as a problem of the file that should have had it.
 */
export async function supplementSnapshot(
  files: SnapshotFiles,
  snapshot: Snapshot,
  names: readonly string[],
): Promise<{
  readonly controllers: readonly CapturedController[];
  readonly namespaceIdentities: ReadonlyMap<string, Uint8Array>;
}> {
  // Problems of the other snapshots belong to them, so they are read with a collector of their own, and only if needed.
  let others: readonly Snapshot[] | null = null;
  const readOthers = async () => {
    others ??= await readSnapshots(
      files.part(),
      names.filter((name) => name !== snapshot.name),
    );
    return others;
  };

  const controllers: CapturedController[] = [];
  const pause = createEventLoopPause();
  for (const controller of snapshot.controllers) {
    await pause();
    controllers.push(
      needsIdentity(controller)
        ? identified(files, snapshot.name, controller, await readOthers())
        : controller,
    );
  }
  const completed = { ...snapshot, controllers };
  const identities = new Map(await namespaceIdentities(completed));
  const missing = [...(await listedNamespaces(completed))].filter((key) => !identities.has(key));
  // Looked through once, whatever the number of namespaces that are missing.
  const elsewhere: { readonly name: string; readonly known: ReadonlyMap<string, Uint8Array> }[] = [];
  if (missing.length > 0)
    for (const other of await readOthers())
      elsewhere.push({ name: other.name, known: await namespaceIdentities(other) });
  const seen = missing.length === 0 ? new Map() : namespacesInSysfs(completed);
  const devices = missing.length === 0 ? new Map() : devicesBySubsystem(completed);
  for (const key of missing) {
    await pause();
    const other = elsewhere.find(({ known }) => known.has(key));
    const bytes = other?.known.get(key);
    const fromSysfs = bytes === undefined ? sysfsIdentity(seen.get(key)) : null;
    const known = bytes ?? fromSysfs;
    if (known != null) identities.set(key, known);
    const origin =
      other !== undefined ? `the description in ${other.name} is used` : 'no snapshot describes it';
    files.problem(
      snapshot.name,
      `Namespace ${key} was not identified here; ${fromSysfs === null ? origin : 'only its size is known, from sysfs'}`,
      { field: key, ...identifyingNamespace(devices, key) },
    );
  }
  return { controllers, namespaceIdentities: identities };
}

/** The first controller device of each subsystem, by its NQN. */
function devicesBySubsystem({ controllers }: Snapshot): ReadonlyMap<string, string> {
  const devices = new Map<string, string>();
  for (const controller of controllers) {
    const nqn = subsystemNqn(controller);
    if (controller.device !== null && !devices.has(nqn)) devices.set(nqn, controller.device.name);
  }
  return devices;
}

/** The command that identifies a namespace, on a controller of its subsystem. */
function identifyingNamespace(devices: ReadonlyMap<string, string>, key: string) {
  const at = key.lastIndexOf('#');
  const device = devices.get(key.slice(0, at)) ?? 'nvmeN';
  const tellBy = tellingCommand(device, 'id-ns', Number(key.slice(at + 1)));
  return { tellBy, fix: `Run on the host: ${tellBy}; of a namespace that is not attached, with --force` };
}

async function readSnapshots(files: SnapshotFiles, names: readonly string[]): Promise<readonly Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for (const name of names) snapshots.push(await readSnapshot(files, name));
  return snapshots;
}

// One field of each structure is enough here, and a large capture has thousands of them.
const nqnOfController = identifyControllerFields.filter(({ key }) => key === 'subnqn');
const sizeOfNamespace = identifyNamespaceFields.filter(({ key }) => key === 'nsze');

/** A virtual function takes after its primary, so only a device of its own has to be identified. */
function needsIdentity(controller: CapturedController): boolean {
  return !controller.function?.virtualFunction && controller.record?.identify == null;
}

function identified(
  files: SnapshotFiles,
  snapshot: string,
  controller: CapturedController,
  others: readonly Snapshot[],
): CapturedController {
  for (const other of others) {
    const found = controllerAt(other, controller.address);
    const answer = found?.record?.identify;
    if (found === undefined || found.record === null || answer == null) continue;
    files.problem(
      snapshot,
      `${controller.address} was not identified here; the description in ${other.name} is used`,
      {
        field: controller.address,
        fix: 'Record the snapshot with all controllers to be sure of its state',
      },
    );
    return { ...controller, record: { ...found.record, ...definedOnly(controller.record) } };
  }
  for (const structure of unaskedStructures(controller)) {
    const { name } = controller.device ?? { name: '' };
    files.notRecorded({
      ...{ source: snapshot, field: `${controller.address}, ${recordedStructures[structure].title}` },
      what: `${recordedStructures[structure].title} of ${name} (${controller.address})`,
      tellBy: tellingCommand(name, structure, null),
    });
  }
  return controller;
}

/** What nobody asked a controller of which only the kernel tells. */
function unaskedStructures({ device, record, function: captured }: CapturedController): StructureName[] {
  if (device === null) return [];
  // What a folder of its own lacks is told where it is read.
  if (record !== null) return [];
  const mayHaveVirtualFunctions =
    device.transport === 'pcie' && (captured === null || captured.sriov !== null);
  return [
    'id-ctrl',
    ...(device.namespaces.size === 0 ? (['list-ns'] as const) : []),
    ...(mayHaveVirtualFunctions ? (['list-secondary', 'primary-ctrl-caps'] as const) : []),
  ];
}

const controllersAt = new WeakMap<Snapshot, ReadonlyMap<string, CapturedController>>();

/** The first one where several claim the same address. */
function controllerAt(snapshot: Snapshot, address: string): CapturedController | undefined {
  const known =
    controllersAt.get(snapshot) ??
    new Map(snapshot.controllers.toReversed().map((controller) => [controller.address, controller]));
  controllersAt.set(snapshot, known);
  return known.get(address);
}

function definedOnly(record: CapturedController['record']): object {
  return Object.fromEntries(
    Object.entries(record ?? {}).filter(
      ([, value]) => value !== null && !(value instanceof Map && value.size === 0),
    ),
  );
}

/** Identify Namespace data that describes something, by `<subsystem NQN>#<NSID>`. */
async function namespaceIdentities(snapshot: Snapshot): Promise<ReadonlyMap<string, Uint8Array>> {
  const identities = new Map<string, Uint8Array>();
  const pause = createEventLoopPause();
  for (const controller of snapshot.controllers) {
    await pause();
    const nqn = subsystemNqn(controller);
    for (const [nsid, { identify, allocated }] of controller.record?.namespaces ?? [])
      for (const answer of [allocated, identify]) {
        if (answer?.kind !== 'value') continue;
        const decoded = decodeFields('Identify Namespace', sizeOfNamespace, answer.value);
        if (decoded.ok && decoded.value.nsze !== 0n) identities.set(`${nqn}#${nsid}`, answer.value);
      }
  }
  return identities;
}

/** What the kernel knew of a namespace; sizes in bytes. */
interface SeenSize {
  /** Several controllers see it, so it can be shared. */
  shared: boolean;
  readonly sizeBytes: number;
  readonly blockSize: number;
}

/** The sizes of namespaces in sysfs, each as the first controller that sees it has it, by `<subsystem NQN>#<NSID>`. */
function namespacesInSysfs(snapshot: Snapshot): ReadonlyMap<string, SeenSize> {
  const found = new Map<string, SeenSize>();
  for (const controller of snapshot.controllers)
    for (const [nsid, { sizeBytes, blockSize }] of controller.device?.namespaces ?? []) {
      const key = `${subsystemNqn(controller)}#${nsid}`;
      const known = found.get(key);
      if (known !== undefined) known.shared = true;
      else if (sizeBytes && blockSize) found.set(key, { sizeBytes, blockSize, shared: false });
    }
  return found;
}

/** That in the form of Identify Namespace; null when the kernel did not see the namespace. */
function sysfsIdentity(seen: SeenSize | undefined): Uint8Array | null {
  if (seen === undefined) return null;
  const { sizeBytes, blockSize, shared } = seen;
  const blank = blankIdentifyNamespace();
  const nsze = BigInt(Math.floor(sizeBytes / blockSize));
  const [first, ...rest] = blank.lbafs;
  const lbafs = first === undefined ? [] : [{ ...first, ds: Math.log2(blockSize) }, ...rest];
  const bytes = encodeIdentifyNamespace({
    ...blank,
    nsze,
    ncap: nsze,
    nuse: nsze,
    nmic: shared ? 1 : 0,
    lbafs,
  });
  return bytes.ok ? bytes.value : null;
}

/** Namespaces that a controller lists, attached or not: a fabrics target refuses the list of all. */
async function listedNamespaces(snapshot: Snapshot): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  const pause = createEventLoopPause();
  for (const controller of snapshot.controllers) {
    await pause();
    for (const nsid of controller.device?.namespaces.keys() ?? [])
      keys.add(`${subsystemNqn(controller)}#${nsid}`);
    for (const answer of [controller.record?.allocatedNamespaces, controller.record?.activeNamespaces]) {
      const list = answer?.kind === 'value' ? decodeNamespaceList(answer.value) : null;
      if (list?.ok)
        for (const nsid of list.value.identifiers) keys.add(`${subsystemNqn(controller)}#${nsid}`);
    }
  }
  return keys;
}

/** What was recorded of a controller does not change, and every one of its namespaces asks. */
const subsystemNqns = new WeakMap<CapturedController, string>();

/** The subsystem of a controller: what it said itself, else what sysfs says. */
export function subsystemNqn(controller: CapturedController): string {
  const known = subsystemNqns.get(controller);
  if (known !== undefined) return known;
  const nqn = readSubsystemNqn(controller);
  subsystemNqns.set(controller, nqn);
  return nqn;
}

function readSubsystemNqn(controller: CapturedController): string {
  const answer = controller.record?.identify;
  const decoded =
    answer?.kind === 'value' ? decodeFields('Identify Controller', nqnOfController, answer.value) : null;
  return decoded?.ok && decoded.value.subnqn !== ''
    ? decoded.value.subnqn
    : (controller.device?.subsystemNqn ?? '');
}
