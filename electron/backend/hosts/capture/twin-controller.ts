import type { FleetFileInput } from '#shared/fleet-file/schema.ts';
import {
  decodePrimaryControllerCapabilities,
  type PrimaryControllerCapabilities,
} from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import { decodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import {
  decodeSecondaryControllerList,
  type SecondaryControllerEntry,
} from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import { hostCommands } from '../outputs/structures.ts';
import { capturedIdentify } from './capture.ts';
import type { CapturedController } from './snapshot.ts';
import type { TwinContext } from './twin-context.ts';

type ControllerInput = NonNullable<FleetFileInput['subsystems']>[number]['controllers'][number];
type PrimaryInput = Extract<ControllerInput, { role: 'primary' }>;
type PlainInput = Extract<ControllerInput, { role: 'plain' }>;
type SecondaryInput = NonNullable<PrimaryInput['secondaries']>[number];

/** A physical function with its secondary controllers, as the Secondary Controller List and sysfs show them. */
export function twinPrimary(context: TwinContext, controller: CapturedController): PrimaryInput {
  const entries = secondaryEntries(controller);
  const capabilities = primaryCapabilities(controller);
  const captured = controller.function;
  const first = entries[0];
  return {
    role: 'primary',
    ...common(context, controller),
    address: placeOf(context, controller),
    sriov: {
      totalVfs: captured?.sriov?.totalVfs ?? entries.length,
      numVfs: captured?.sriov?.numVfs ?? enabledByState(context, controller, entries),
      functionsDropped: functionsDropped(controller, entries),
      driversAutoprobe: captured?.sriov?.driversAutoprobe ?? true,
      vfOffset: captured?.vfRouting?.vfOffset || 1,
      vfStride: captured?.vfRouting?.vfStride || 1,
    },
    vq: resources(context, controller, capabilities, 'vq', entries),
    vi: resources(context, controller, capabilities, 'vi', entries),
    ...(first === undefined ? {} : { firstSecondaryCntlid: first.scid - (first.vfn - 1) }),
    secondaries: entries.map((entry) => secondary(context, controller, entry)),
  };
}

/** A controller without SR-IOV, or one reached over a fabric. */
export function twinPlain(context: TwinContext, controller: CapturedController): PlainInput {
  const transport = controller.device?.transport ?? 'pcie';
  const isPci = transport === 'pcie';
  const capabilities = primaryCapabilities(controller);
  const { vqprt = 0, viprt = 0 } = capabilities ?? {};
  return {
    role: 'plain',
    ...common(context, controller),
    transport: transport as PlainInput['transport'] & string,
    address: isPci ? placeOf(context, controller) : null,
    ...(vqprt >= 2 ? { queuePairs: vqprt } : {}),
    ...(viprt >= 1 ? { interruptVectors: viprt } : {}),
  };
}

/** A virtual function that is online is enabled, whether or not anybody recorded how many are. */
function enabledByState(
  { capture, notes }: TwinContext,
  { address }: CapturedController,
  entries: readonly SecondaryControllerEntry[],
): number {
  const count = Math.max(0, ...entries.filter(({ scs }) => scs === 1).map(({ vfn }) => vfn));
  notes.push({
    ...{ source: capture.snapshot, field: `${address}, sriov_numvfs` },
    message: `How many virtual functions of ${address} are enabled is not recorded; the twin enables ${count}, those that are online`,
    fix: `Add the output of: ${hostCommands.pci}`,
  });
  return count;
}

/** Where the function is; a free bus where nobody recorded it. */
function placeOf({ capture, notes, assumedAddresses }: TwinContext, { address }: CapturedController): string {
  if (/^[0-9a-f]{4}:/.test(address)) return address;
  const known = assumedAddresses.get(address);
  if (known !== undefined) return known;
  const taken = new Set([...capture.controllers.map((one) => one.address), ...assumedAddresses.values()]);
  let bus = 1;
  const place = () => `0000:${bus.toString(16).padStart(2, '0')}:00.0`;
  while (taken.has(place()) && bus < 0xff) bus += 1;
  assumedAddresses.set(address, place());
  notes.push({
    ...{ source: capture.snapshot, field: address },
    message: `The PCI address of ${address} is not recorded; the twin has it at ${place()}`,
    fix: 'Add the output of: nvme list-subsys -o json',
  });
  return place();
}

function common(context: TwinContext, controller: CapturedController) {
  const identity = capturedIdentify(controller);
  return {
    cntlid: identity?.cntlid ?? controller.device?.cntlid ?? 0,
    host: context.host,
    identify: identify(context, controller),
    ...(controller.record?.cap == null ? {} : { cap: `0x${controller.record.cap.toString(16)}` }),
    ...(controller.function?.deviceId == null ? {} : { pciDeviceId: controller.function.deviceId & 0xffff }),
    ...functionState(context, controller),
  };
}

function identify(context: TwinContext, controller: CapturedController): PrimaryInput['identify'] {
  const answer = controller.record?.identify;
  if (answer?.kind === 'value')
    return { kind: 'bytes', identifyController: Buffer.from(answer.value).toString('base64') };
  const { device } = controller;
  context.notes.push({
    source: context.capture.snapshot,
    field: controller.address,
    message: `${controller.address} was not identified; the twin knows only its serial number, model and firmware`,
    fix: 'Record the snapshot with all controllers',
  });
  return {
    kind: 'fields',
    identity: {
      serialNumber: (device?.serial ?? '').slice(0, 20),
      modelNumber: (device?.model ?? '').slice(0, 40),
      firmwareRevision: (device?.firmware ?? '').slice(0, 8),
    },
  };
}

/** How the function stands in the kernel. A driver that the simulated host does not know counts as none. */
function functionState(context: TwinContext, controller: CapturedController) {
  const { function: captured, device } = controller;
  const driver = device !== null ? 'nvme' : (captured?.driver ?? null);
  const known = driver === 'nvme' || driver === 'vfio-pci' ? driver : null;
  if (driver !== known)
    context.notes.push({
      source: `${context.capture.snapshot}/sysfs-pci.tsv`,
      field: `${controller.address}/driver`,
      message: `${controller.address} is bound to ${driver}, which the simulated host does not have; the twin leaves it unbound`,
    });
  const instance = /^nvme(\d+)$/.exec(device?.name ?? '')?.[1];
  return {
    driver: known,
    ...(captured?.driverOverride == null ? {} : { driverOverride: captured.driverOverride }),
    ...(instance === undefined ? {} : { deviceInstance: Number(instance) }),
    iommuGroup: captured?.iommuGroup ?? null,
  } as const;
}

function secondary(
  context: TwinContext,
  primary: CapturedController,
  entry: SecondaryControllerEntry,
): SecondaryInput {
  const virtual = context.virtualFunctions.get(primary.address)?.get(entry.vfn);
  return {
    vfn: entry.vfn,
    cntlid: entry.scid,
    vq: entry.nvq,
    vi: entry.nvi,
    online: entry.scs === 1,
    ...(virtual === undefined ? {} : functionState(context, virtual)),
  };
}

// After a reset of the physical function such devices no longer list controllers whose functions the kernel still counts.
function functionsDropped(
  controller: CapturedController,
  entries: readonly SecondaryControllerEntry[],
): boolean {
  const numVfs = controller.function?.sriov?.numVfs ?? 0;
  const answer = controller.record?.controllers;
  const list = answer?.kind === 'value' ? decodeControllerList(answer.value) : null;
  if (numVfs === 0 || entries.length === 0 || !list?.ok) return false;
  const enabled = entries.filter((entry) => entry.vfn <= numVfs);
  const present = new Set(list.value.identifiers);
  return enabled.every((entry) => !present.has(entry.scid));
}

// SR-IOV without a word about a resource type: the secondaries have fixed resources (CRT bit clear).
function resources(
  context: TwinContext,
  controller: CapturedController,
  capabilities: PrimaryControllerCapabilities | null,
  type: 'vq' | 'vi',
  entries: readonly SecondaryControllerEntry[],
): PrimaryInput['vq'] {
  const bit = type === 'vq' ? 0x1 : 0x2;
  if (capabilities === null || (capabilities.crt & bit) === 0) {
    context.notes.push({
      source: context.capture.snapshot,
      field: `${controller.address}, ${type.toUpperCase()} resources`,
      message: `${controller.address} reports no flexible ${type.toUpperCase()} resources; each secondary controller of the twin gets 2 of its own`,
      fix: 'Compare with the data sheet of the drive',
    });
    const privateToPrimary = type === 'vq' ? capabilities?.vqprt : capabilities?.viprt;
    return { kind: 'fixed', privateToPrimary: privateToPrimary ?? 2, perSecondary: 2 };
  }
  const isQueue = type === 'vq';
  const largest = Math.max(0, ...entries.map((entry) => (isQueue ? entry.nvq : entry.nvi)));
  return {
    kind: 'flexible',
    total: isQueue ? capabilities.vqfrt : capabilities.vifrt,
    secondaryMaximum: Math.max(isQueue ? capabilities.vqfrsm : capabilities.vifrsm, largest),
    privateToPrimary: isQueue ? capabilities.vqprt : capabilities.viprt,
    allocatedToPrimary: isQueue ? capabilities.vqrfap : capabilities.virfap,
    granularity: (isQueue ? capabilities.vqgran : capabilities.vigran) || 1,
  };
}

function primaryCapabilities(controller: CapturedController): PrimaryControllerCapabilities | null {
  const answer = controller.record?.primaryCapabilities;
  if (answer?.kind !== 'value') return null;
  const decoded = decodePrimaryControllerCapabilities(answer.value);
  return decoded.ok ? decoded.value : null;
}

/** Entries of virtual functions, in the order of their numbers. */
function secondaryEntries(controller: CapturedController): readonly SecondaryControllerEntry[] {
  const answer = controller.record?.secondaries;
  if (answer?.kind !== 'value') return [];
  const decoded = decodeSecondaryControllerList(answer.value);
  if (!decoded.ok) return [];
  return decoded.value.entries.filter((entry) => entry.vfn > 0).sort((a, b) => a.vfn - b.vfn);
}
