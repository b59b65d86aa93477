import type { FleetFileInput } from '#shared/fleet-file/schema.ts';
import type { PrimaryControllerCapabilities } from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import { decodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { hostCommands } from '../../outputs/structures.ts';
import { recordedPrimaryCapabilities, recordedSecondaries } from '../recorded-secondaries.ts';
import type { CapturedController } from '../snapshot.ts';
import { note, type TwinContext } from './twin-context.ts';
import type { TwinIdentifiers } from './twin-identifiers.ts';
import { managesSecondaries } from './twin-profile.ts';
import { twinRouting } from './twin-routing.ts';
import { type TwinSecondaries, twinSecondaries } from './twin-secondaries.ts';

type ControllerInput = NonNullable<FleetFileInput['subsystems']>[number]['controllers'][number];
type PrimaryInput = Extract<ControllerInput, { role: 'primary' }>;
type PlainInput = Extract<ControllerInput, { role: 'plain' }>;

/** Queue pairs and interrupt vectors that a virtual function of the twin gets where nothing tells how many it has. */
const assumedResources = 2;
const longestOverride = 200;

/** A physical function with its secondary controllers, as the Secondary Controller List and sysfs show them. */
export function twinPrimary(
  context: TwinContext,
  controller: CapturedController,
  cntlid: number,
  identifiers: TwinIdentifiers,
): PrimaryInput {
  const capabilities = recordedPrimaryCapabilities(controller);
  const captured = controller.function;
  const found = twinSecondaries(context, controller, cntlid, identifiers);
  const { totalVfs, numVfs } = found;
  return {
    role: 'primary',
    ...common(context, controller, cntlid),
    address: placeOf(context, controller),
    ...(found.itself === null ? {} : { listsItself: found.itself }),
    sriov: {
      totalVfs,
      numVfs,
      functionsDropped: functionsDropped(controller, numVfs),
      driversAutoprobe: captured?.sriov?.driversAutoprobe ?? true,
      ...twinRouting(context, controller, totalVfs),
    },
    vq: resources(context, controller, capabilities, 'vq', found),
    vi: resources(context, controller, capabilities, 'vi', found),
    ...(found.first === undefined ? {} : { firstSecondaryCntlid: found.first }),
    secondaries: found.secondaries.map(({ virtual, ...secondary }) => ({
      ...secondary,
      ...(virtual === undefined || secondary.vfn > numVfs ? {} : functionState(context, virtual)),
    })),
  };
}

/** A controller without SR-IOV, or one reached over a fabric. */
export function twinPlain(context: TwinContext, controller: CapturedController, cntlid: number): PlainInput {
  const transport = controller.device?.transport ?? 'pcie';
  const isPci = transport === 'pcie';
  const capabilities = recordedPrimaryCapabilities(controller);
  const { vqprt = 0, viprt = 0 } = capabilities ?? {};
  return {
    role: 'plain',
    ...common(context, controller, cntlid),
    transport: transport as PlainInput['transport'] & string,
    address: isPci ? placeOf(context, controller) : null,
    ...(vqprt >= 2 ? { queuePairs: vqprt } : {}),
    ...(viprt >= 1 ? { interruptVectors: viprt } : {}),
  };
}

/** Where the function is; a free bus where nobody recorded it. */
function placeOf(context: TwinContext, { address }: CapturedController): string {
  if (/^[0-9a-f]{4}:/.test(address)) return address;
  const { addresses, assumedAddresses } = context;
  const known = assumedAddresses.get(address);
  if (known !== undefined) return known;
  let bus = 1;
  const place = () => `0000:${bus.toString(16).padStart(2, '0')}:00.0`;
  while (addresses.has(place()) && bus < 0xff) bus += 1;
  assumedAddresses.set(address, place());
  addresses.add(place());
  note(context, {
    source: '',
    field: address,
    message: `The PCI address of ${address} is not recorded; the twin has it at ${place()}`,
    fix: `Add the output of: ${hostCommands.devices}`,
  });
  return place();
}

function common(context: TwinContext, controller: CapturedController, cntlid: number) {
  return {
    cntlid,
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
  note(context, {
    source: '',
    field: controller.address,
    message: `${controller.address} was not identified; the twin knows only its serial number, model and firmware, and announces no optional commands that nothing else shows`,
    fix: `Record nvme id-ctrl /dev/${device?.name ?? 'nvmeN'}`,
  });
  const text = (value: string | undefined, length: number) =>
    (value ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, length);
  return {
    kind: 'fields',
    identity: {
      serialNumber: text(device?.serial, 20),
      modelNumber: text(device?.model, 40),
      firmwareRevision: text(device?.firmware, 8),
    },
    capabilities: { oacs: recordedSecondaries(controller) === null ? 0 : 0x80 },
  };
}

/** How the function stands in the kernel. A driver that the simulated host does not know counts as none. */
function functionState(context: TwinContext, controller: CapturedController) {
  const { function: captured, device } = controller;
  const driver = device !== null ? 'nvme' : (captured?.driver ?? null);
  const known = driver === 'nvme' || driver === 'vfio-pci' ? driver : null;
  if (driver !== known)
    note(context, {
      source: 'sysfs-pci.tsv',
      field: `${controller.address}/driver`,
      message: `${controller.address} is bound to ${driver}, which the simulated host does not have; the twin leaves it unbound`,
    });
  const instance = /^nvme(\d{1,6})$/.exec(device?.name ?? '')?.[1];
  return {
    driver: known,
    ...(captured?.driverOverride == null
      ? {}
      : { driverOverride: captured.driverOverride.slice(0, longestOverride) }),
    ...(instance === undefined ? {} : { deviceInstance: Number(instance) }),
    iommuGroup: captured?.iommuGroup ?? null,
  } as const;
}

// After a reset of the physical function such devices no longer list controllers whose functions the kernel still counts.
function functionsDropped(controller: CapturedController, numVfs: number): boolean {
  const entries = (recordedSecondaries(controller) ?? []).filter(({ vfn }) => vfn > 0);
  const answer = controller.record?.controllers;
  const list = answer?.kind === 'value' ? decodeControllerList(answer.value) : null;
  if (numVfs === 0 || entries.length === 0 || !list?.ok) return false;
  const enabled = entries.filter((entry) => entry.vfn <= numVfs);
  const present = new Set(list.value.identifiers);
  return enabled.length > 0 && enabled.every((entry) => !present.has(entry.scid));
}

function resources(
  context: TwinContext,
  controller: CapturedController,
  capabilities: PrimaryControllerCapabilities | null,
  type: 'vq' | 'vi',
  found: TwinSecondaries,
): PrimaryInput['vq'] {
  const isQueue = type === 'vq';
  const held = found.secondaries.map((secondary) => secondary[type]);
  if (capabilities === null || (capabilities.crt & (isQueue ? 0x1 : 0x2)) === 0) {
    noteFixed(context, controller, capabilities, type);
    const privateToPrimary = isQueue ? capabilities?.vqprt : capabilities?.viprt;
    return {
      kind: 'fixed',
      privateToPrimary: privateToPrimary ?? 2,
      perSecondary: Math.max(assumedResources, ...held),
    };
  }
  const total = isQueue ? capabilities.vqfrt : capabilities.vifrt;
  const assigned = isQueue ? capabilities.vqrfa : capabilities.virfa;
  const allocated = isQueue ? capabilities.vqrfap : capabilities.virfap;
  const sum = held.reduce((before, count) => before + count, 0);
  const label = type.toUpperCase();
  if (sum !== assigned || sum + allocated > total)
    note(context, {
      source: `${controller.record?.deviceName ?? ''}/primary-ctrl-caps.json`,
      field: `${type}frt, ${type.replace('vq', 'vqr').replace('vi', 'vir')}fa`,
      message: `${controller.address} has ${total} flexible ${label} in total, ${assigned} of them with secondaries and ${allocated} with itself, and its Secondary Controller List adds up to ${sum}; the twin keeps the list and the total, and has none free while more are held than there are`,
      fix: 'Record both at one moment',
    });
  return {
    kind: 'flexible',
    total,
    secondaryMaximum: Math.max(isQueue ? capabilities.vqfrsm : capabilities.vifrsm, ...held),
    privateToPrimary: isQueue ? capabilities.vqprt : capabilities.viprt,
    allocatedToPrimary: allocated,
    granularity: (isQueue ? capabilities.vqgran : capabilities.vigran) || 1,
  };
}

/** What the twin assumes of resources that are not flexible, or of which nothing is known. */
function noteFixed(
  context: TwinContext,
  controller: CapturedController,
  capabilities: PrimaryControllerCapabilities | null,
  type: 'vq' | 'vi',
): void {
  const label = type.toUpperCase();
  const { address, device } = controller;
  const assumed = `each virtual function of the twin gets ${assumedResources} of its own`;
  const words =
    capabilities !== null
      ? `${address} reports no flexible ${label} resources (CRT)`
      : managesSecondaries(controller) === false
        ? `${address} has no Virtualization Management, so how many ${label} a virtual function has is not reported`
        : `The ${label} resources of ${address} were not recorded`;
  note(context, {
    source: '',
    field: `${address}, ${label} resources`,
    message: `${words}; ${assumed}`,
    fix:
      capabilities === null && managesSecondaries(controller) !== false
        ? `Record nvme primary-ctrl-caps /dev/${device?.name ?? 'nvmeN'}`
        : 'Compare with the data sheet of the drive',
  });
}
