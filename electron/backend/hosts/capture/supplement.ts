import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import {
  blankIdentifyNamespace,
  decodeIdentifyNamespace,
  encodeIdentifyNamespace,
} from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { decodeNamespaceList } from '#shared/nvme/layouts/lists/namespace-list.ts';
import { type CapturedController, readSnapshot, type Snapshot } from './snapshot.ts';
import { SnapshotFiles } from './snapshot-files.ts';

/**
 * What a device is (not how it stands) holds for the whole capture: a drive that this snapshot did not identify, or a
 * namespace that nobody was attached to (whose Identify data reads zero), is completed from the capture's other
 * snapshots. Every such loan is told as a problem of the file that should have had it.
 */
export async function supplementSnapshot(
  files: SnapshotFiles,
  folder: string,
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
      new SnapshotFiles(folder),
      names.filter((name) => name !== snapshot.name),
    );
    return others;
  };

  const controllers: CapturedController[] = [];
  for (const controller of snapshot.controllers)
    controllers.push(
      needsIdentity(controller)
        ? identified(files, snapshot.name, controller, await readOthers())
        : controller,
    );
  const completed = { ...snapshot, controllers };
  const identities = new Map(namespaceIdentities(completed));
  for (const key of listedNamespaces(completed)) {
    if (identities.has(key)) continue;
    const other = (await readOthers()).find((known) => namespaceIdentities(known).has(key));
    const bytes = other === undefined ? undefined : namespaceIdentities(other).get(key);
    const fromSysfs = bytes === undefined ? sysfsIdentity(completed, key) : null;
    const known = bytes ?? fromSysfs;
    if (known != null) identities.set(key, known);
    const origin =
      other !== undefined ? `the description in ${other.name} is used` : 'no snapshot describes it';
    files.problem(
      snapshot.name,
      `Namespace ${key} was not identified here; ${fromSysfs === null ? origin : 'only its size is known, from sysfs'}`,
      { field: key, fix: 'Attach it to a controller and record the capture again' },
    );
  }
  return { controllers, namespaceIdentities: identities };
}

async function readSnapshots(files: SnapshotFiles, names: readonly string[]): Promise<readonly Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for (const name of names) snapshots.push(await readSnapshot(files, name));
  return snapshots;
}

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
    const found = other.controllers.find((known) => known.address === controller.address);
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
  if (controller.device !== null)
    files.problem(
      snapshot,
      `${controller.device.name} (${controller.address}) was not identified in this capture`,
      {
        field: controller.address,
        fix: 'Berth shows only what sysfs reports; record the capture with all controllers',
      },
    );
  return controller;
}

function definedOnly(record: CapturedController['record']): object {
  return Object.fromEntries(
    Object.entries(record ?? {}).filter(
      ([, value]) => value !== null && !(value instanceof Map && value.size === 0),
    ),
  );
}

/** Identify Namespace data that describes something, by `<subsystem NQN>#<NSID>`. */
function namespaceIdentities(snapshot: Snapshot): ReadonlyMap<string, Uint8Array> {
  const identities = new Map<string, Uint8Array>();
  for (const controller of snapshot.controllers) {
    const nqn = subsystemNqn(controller);
    for (const [nsid, namespace] of controller.record?.namespaces ?? []) {
      if (namespace.identify?.kind !== 'value') continue;
      const decoded = decodeIdentifyNamespace(namespace.identify.value);
      if (decoded.ok && decoded.value.nsze > 0n) identities.set(`${nqn}#${nsid}`, namespace.identify.value);
    }
  }
  return identities;
}

/** What the kernel knew of a namespace, in the form of Identify Namespace; null when it did not see it. */
function sysfsIdentity(snapshot: Snapshot, key: string): Uint8Array | null {
  for (const controller of snapshot.controllers)
    for (const [nsid, seen] of controller.device?.namespaces ?? []) {
      const { sizeBytes, blockSize } = seen;
      if (`${subsystemNqn(controller)}#${nsid}` !== key || !sizeBytes || !blockSize) continue;
      const blank = blankIdentifyNamespace();
      const nsze = BigInt(Math.floor(sizeBytes / blockSize));
      const [first, ...rest] = blank.lbafs;
      const lbafs = first === undefined ? [] : [{ ...first, ds: Math.log2(blockSize) }, ...rest];
      const bytes = encodeIdentifyNamespace({ ...blank, nsze, ncap: nsze, nuse: nsze, lbafs });
      if (bytes.ok) return bytes.value;
    }
  return null;
}

/** Namespaces that a controller lists, attached or not: a fabrics target refuses the list of all. */
function listedNamespaces(snapshot: Snapshot): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const controller of snapshot.controllers)
    for (const answer of [controller.record?.allocatedNamespaces, controller.record?.activeNamespaces]) {
      const list = answer?.kind === 'value' ? decodeNamespaceList(answer.value) : null;
      if (list?.ok)
        for (const nsid of list.value.identifiers) keys.add(`${subsystemNqn(controller)}#${nsid}`);
    }
  return keys;
}

/** The subsystem of a controller: what it said itself, else what sysfs says. */
export function subsystemNqn(controller: CapturedController): string {
  const answer = controller.record?.identify;
  const decoded = answer?.kind === 'value' ? decodeIdentifyController(answer.value) : null;
  return decoded?.ok && decoded.value.subnqn !== ''
    ? decoded.value.subnqn
    : (controller.device?.subsystemNqn ?? '');
}
