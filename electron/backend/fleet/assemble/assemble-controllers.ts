import type { Pacer, Pieces } from '#shared/bounds/pieces.ts';
import type { ControllerFailure } from '#shared/fleet/failures.ts';
import type { FlexibleResources } from '#shared/fleet/flexible-resources.ts';
import type { Gap } from '#shared/fleet/gap.ts';
import { controllerIdOf, secondaryIdOf, unlistedIdOf } from '#shared/fleet/ids.ts';
import { primaryContradictions } from '#shared/fleet/invariants.ts';
import { findMigrationInterface } from '#shared/fleet/migration-interface.ts';
import type {
  Capability,
  Controller,
  PlainController,
  PrimaryController,
  Problem,
  SecondaryController,
} from '#shared/fleet/schema.ts';
import { identifyStructures } from '#shared/nvme/commands/identify.ts';
import { announcesVendorMigration } from '#shared/nvme/layouts/controller-state/vendor-migration-support.ts';
import type { IdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import type { PrimaryControllerCapabilities } from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import type { SecondaryControllerEntry } from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import { type FunctionListEntry, functionStates } from '#shared/nvme/layouts/proposal/function-list.ts';
import type { FunctionReading, HostReading } from '../read/host-reading.ts';
import { offeredOf } from '../read/offered-capabilities.ts';
import { withoutFunctions } from '../read/read-functions.ts';
import { isController } from '../read/read-host.ts';
import { resourcesGap, unlistedFunction, unlistedGap } from './gaps.ts';
import { identifiedFields, notedFields } from './identity-fields.ts';

export interface AssembledController {
  readonly controller: Controller;
  /** The function behind it; a secondary whose VF does not exist has none. */
  readonly read: FunctionReading | undefined;
}

/** The controllers of one host. Links to virtual subsystems, VMs and namespaces are added when all hosts are known. */
export function* assembleControllers(
  reading: HostReading,
  pacer: Pacer,
): Pieces<readonly AssembledController[]> {
  const assembled: AssembledController[] = [];
  const claimed = new Set<FunctionReading>();
  const functionsOf = virtualFunctionsByAddress(reading.functions);
  for (const read of reading.functions.filter(isPrimary)) {
    claimed.add(read);
    const { primary, secondaries } = yield* assemblePrimary(
      reading,
      read,
      functionsOf.get(read.function.address) ?? [],
      pacer,
    );
    assembled.push({ controller: primary, read });
    for (const secondary of secondaries) {
      assembled.push(secondary);
      if (secondary.read) claimed.add(secondary.read);
    }
  }
  for (const read of reading.functions) {
    if (claimed.has(read)) continue;
    assembled.push({ controller: assemblePlain(reading.host.id, read), read });
    yield* pacer.did();
  }
  return assembled;
}

function isPrimary(read: FunctionReading): boolean {
  return read.function.virtualFunction === null && isController(read.function);
}

/** The virtual functions of each physical one, by the address of that: a large host has thousands of both. */
function virtualFunctionsByAddress(
  functions: readonly FunctionReading[],
): ReadonlyMap<string, readonly FunctionReading[]> {
  const found = new Map<string, FunctionReading[]>();
  for (const read of functions) {
    const address = read.function.virtualFunction?.physicalFunction;
    if (address === undefined) continue;
    const known = found.get(address);
    if (known === undefined) found.set(address, [read]);
    else known.push(read);
  }
  return found;
}

function* assemblePrimary(
  reading: HostReading,
  read: FunctionReading,
  virtualFunctions: readonly FunctionReading[],
  pacer: Pacer,
): Pieces<{ readonly primary: PrimaryController; readonly secondaries: readonly AssembledController[] }> {
  const { function: fn, controller } = read;
  const id = controllerIdOf(reading.host.id, fn.address);
  const title = `${reading.host.name}/${fn.deviceName ?? fn.address}`;
  const unread = `${title} did not answer Identify Controller.`;
  const common = commonFields(reading.host.id, id, read);
  const identify = controller?.identify ?? null;
  const listed = [...(controller?.secondaries ?? [])].sort((left, right) => left.vfn - right.vfn);
  const itself = listed.find((entry) => isItself(entry, identify));
  const entries = listed.filter((entry) => entry !== itself);
  const found = findMigrationInterface({
    title,
    oacs: identify?.oacs ?? null,
    stateFormats: controller?.stateFormats != null,
    stateFormatsNotRecorded:
      controller?.unanswered.get(identifyStructures.controllerStateFormats.value) === 'not-recorded',
    vendorAnnouncement: identify !== null && announcesVendorMigration(identify.vs),
    vfioDriver: fn.vfioDriver,
  });
  const primary: PrimaryController = {
    role: 'primary',
    ...common,
    ...resourcesOf(controller?.primary ?? null, () => resourcesGap(title, read)),
    totalVfs: fn.sriov?.totalVfs ?? 0,
    numVfs: fn.sriov?.numVfs ?? 0,
    driversAutoprobe: fn.sriov?.driversAutoprobe ?? true,
    secondaryIds: [],
    stateFormats: controller?.stateFormats ?? null,
    virtualSubsystems: controller?.virtualSubsystemSupport ?? { available: false, reason: unread },
    migration: found.interface === null ? { available: false, reason: found.reason } : { available: true },
    migrationInterface: found.interface,
    migrationEvidence: found.reason,
    memoryTracking: trackingOf(title, identify, 0, 'host memory changes'),
    userDataTracking: trackingOf(title, identify, 1, 'user data changes'),
    ...(identify === null || (identify.trattr & 2) === 0
      ? {}
      : { userDataQueues: { ofController: identify.mcudmq, ofSubsystem: identify.mnsudmq } }),
    vfioDriver: fn.vfioDriver,
    ...(controller?.offered == null ? {} : { offered: offeredOf(controller.offered) }),
    functions: controller?.functionSupport ?? withoutFunctions(unread.slice(0, -1)).support,
  };
  const listedBy = new Map(controller?.functions?.map((entry) => [entry.cntlid, entry]));
  const byVfn = new Map(virtualFunctions.map((other) => [other.function.virtualFunction?.vfn, other]));
  const byUuid = new Map(virtualFunctions.map((other) => [other.function.virtualFunction?.uuid, other]));
  const secondaries: AssembledController[] = [];
  const unlisted: AssembledController[] = [];
  const gap = unlistedGap(title, read, entries);
  const named = new Set(entries.map(({ vfn }) => vfn));
  for (const behind of gap === null ? [] : virtualFunctions) {
    const vfn = behind.function.virtualFunction?.vfn ?? 0;
    if (gap === null || vfn === 0 || named.has(vfn)) continue;
    unlisted.push({ controller: assembleUnlisted(primary, gap, vfn, behind), read: behind });
    yield* pacer.did();
  }
  for (const entry of entries) {
    const listed = listedBy.get(entry.scid);
    const behind =
      entry.vfn > 0 ? byVfn.get(entry.vfn) : listed === undefined ? undefined : byUuid.get(listed.uuid);
    // Any other state of the VFIO device says by itself that the function is held.
    const suspended = behind?.vfioState === 'RUNNING' && controller?.suspended.includes(entry.scid) === true;
    const secondary = assembleSecondary(primary, entry, behind, listed);
    secondaries.push({ controller: suspended ? { ...secondary, suspended } : secondary, read: behind });
    yield* pacer.did();
  }
  const all = [...secondaries, ...unlisted.sort((left, right) => vfnOf(left) - vfnOf(right))];
  const controlled = secondaries.flatMap(({ controller: one }) => (one.role === 'secondary' ? [one] : []));
  const contradictions = primaryContradictions(title, primary, controlled);
  const problems = [
    ...primary.problems,
    ...(itself === undefined ? [] : [namesItself(title, itself)]),
    ...contradictions,
  ];
  const secondaryIds = all.map(({ controller: one }) => one.id);
  return { primary: { ...primary, secondaryIds, problems }, secondaries: all };
}

function vfnOf({ controller }: AssembledController): number {
  return controller.role === 'secondary' ? controller.vfn : 0;
}

/** Some primary controllers name themselves in their list: no function is behind that. */
function isItself({ scid, pcid, vfn }: SecondaryControllerEntry, identify: IdentifyController | null) {
  return vfn === 0 && scid === pcid && (identify === null || identify.cntlid === scid);
}

function namesItself(title: string, { scid, scs, nvq, nvi }: SecondaryControllerEntry): Problem {
  return {
    source: `${title} · Secondary Controller List`,
    field: 'SCID',
    message: `The list names the primary controller itself (SCID = PCID = ${scid}, VFN 0, ${scs === 1 ? 'online' : 'offline'}, ${nvq} VQ, ${nvi} VI). It is not counted as a secondary controller.`,
  };
}

/** TRATTR of Identify Controller, byte 576 (NVMe Base 2.1, 5.1.13.2.1): bit 0 host memory, bit 1 user data. */
function trackingOf(
  title: string,
  identify: IdentifyController | null,
  bit: 0 | 1,
  what: string,
): Capability {
  if (identify === null) return { available: false, reason: `${title} did not answer Identify Controller.` };
  const { trattr } = identify;
  if (((trattr >>> bit) & 1) === 1) return { available: true };
  return {
    available: false,
    reason: `${title} does not track ${what} (TRATTR 0x${trattr.toString(16).padStart(2, '0')}, bit ${bit} clear).`,
  };
}

function assembleSecondary(
  primary: PrimaryController,
  entry: SecondaryControllerEntry,
  read: FunctionReading | undefined,
  listed: FunctionListEntry | undefined,
): SecondaryController {
  const id = secondaryIdOf(primary.id, entry.scid);
  const common: ReturnType<typeof commonFields> =
    read === undefined
      ? {
          ...emptyFields(primary.hostId, id),
          problems: [],
        }
      : commonFields(primary.hostId, id, read);
  const problems = [...common.problems];
  if (entry.pcid !== primary.cntlid)
    problems.push({
      source: `${primary.deviceName ?? primary.pciAddress ?? primary.id} · Secondary Controller List`,
      field: 'PCID',
      message: `The entry names ${entry.pcid} as the primary controller, but it is ${primary.cntlid}.`,
    });
  // An offline secondary reads CSTS 2 and answers nothing; nobody expects it to.
  const { failure: _failure, ...offline } = common;
  return {
    role: 'secondary',
    ...(entry.scs === 1 ? common : offline),
    // In a virtual subsystem it names itself by virtual ids; the primary's list has the physical ones.
    cntlid: entry.scid,
    subsystemId: primary.subsystemId,
    problems,
    primaryId: primary.id,
    ...functionFields(entry, read, listed),
    vfn: entry.vfn,
    online: entry.scs === 1,
    nvq: entry.nvq,
    nvi: entry.nvi,
    vfioState: read?.vfioState ?? null,
    vfioOffer: read?.function.vfioOffer ?? {
      flags: null,
      reason: 'The function does not exist on the host, so no driver can be asked.',
    },
    ...(read?.function.userDataQueue === true ? { userDataQueue: true } : {}),
    virtualSubsystemId: null,
    virtualControllerId: null,
    virtualMachineId: null,
  };
}

/** A function that is not listed does not exist yet, or nobody can hide it: then nothing stands in VFIO's way. */
function functionFields(
  { vfn }: SecondaryControllerEntry,
  read: FunctionReading | undefined,
  listed: FunctionListEntry | undefined,
) {
  const state = listed?.fstate ?? functionStates.migrationEnabled + functionStates.visible;
  return {
    functionKind: vfn > 0 ? ('vf' as const) : ('siov' as const),
    functionHandle: listed?.handle ?? null,
    assignableDevice: read?.function.virtualFunction?.uuid === undefined ? null : read.function.address,
    migrationEnabled: (state & functionStates.migrationEnabled) !== 0,
    visible: (state & functionStates.visible) !== 0,
  };
}

function assemblePlain(hostId: string, read: FunctionReading): PlainController {
  const id = controllerIdOf(hostId, read.function.address);
  const { failure, ...common } = commonFields(hostId, id, read);
  // Nothing says whether a virtual function without its controlling function is online, and offline ones read CSTS 2.
  const isKnown = failure !== undefined && (failure !== 'fatal' || read.function.virtualFunction === null);
  return { role: 'plain', ...common, ...(isKnown ? { failure } : {}), transport: read.function.transport };
}

/** A virtual function that the bus shows and no list of its primary controller names. */
function assembleUnlisted(
  primary: PrimaryController,
  gap: Gap,
  vfn: number,
  read: FunctionReading,
): SecondaryController {
  const known = unlistedFunction(gap, read);
  const entry = { scid: known.cntlid, pcid: primary.cntlid, scs: known.online ? 1 : 0, vfn, nvq: 0, nvi: 0 };
  return {
    ...assembleSecondary(primary, entry, read, undefined),
    ...known,
    id: unlistedIdOf(primary.id, vfn),
  };
}

function emptyFields(hostId: string, id: string) {
  return {
    id,
    hostId,
    subsystemId: '',
    cntlid: 0,
    pciAddress: null,
    deviceName: null,
    driver: null,
    iommuGroup: null,
    identity: null,
    capabilities: null,
    attachedNamespaces: [],
  };
}

/** All ones: nothing answers for the address any more. */
const noAnswerOnBus = 0xffff_ffff;
/** CSTS bit 1, Controller Fatal Status (NVMe Base 2.1, 3.1.4.6). */
const fatalStatusBit = 2;

/** The bus is believed before the admin queue: it says why nothing is answered. */
function failureOf({ function: fn, controller }: FunctionReading): { failure?: ControllerFailure } {
  const { controllerStatus } = fn;
  if (controllerStatus === noAnswerOnBus) return { failure: 'removed' };
  if (controllerStatus !== undefined && (controllerStatus & fatalStatusBit) !== 0)
    return { failure: 'fatal' };
  return controller?.isSilent === true ? { failure: 'not-answering' } : {};
}

function commonFields(hostId: string, id: string, read: FunctionReading) {
  const { function: fn, controller } = read;
  const identify = controller?.identify ?? null;
  return {
    ...emptyFields(hostId, id),
    ...(identify === null ? notedFields(fn, id) : identifiedFields(identify)),
    pciAddress: fn.transport === 'pcie' ? fn.address : null,
    deviceName: fn.deviceName,
    driver: fn.driver,
    iommuGroup: fn.iommuGroup,
    ...(fn.notRecorded === undefined || fn.notRecorded.length === 0
      ? {}
      : { notRecorded: [...fn.notRecorded] }),
    ...(fn.deviceId === undefined || fn.virtualFunction !== null ? {} : { pciDeviceId: fn.deviceId }),
    ...failureOf(read),
    problems: [...fn.problems, ...read.problems, ...(controller?.problems ?? [])],
  };
}

const noResources: FlexibleResources = {
  supported: false,
  total: 0,
  assignedToSecondaries: 0,
  allocatedToPrimary: 0,
  privateToPrimary: 0,
  secondaryMaximum: 0,
  granularity: 1,
};

function resourcesOf(
  capabilities: PrimaryControllerCapabilities | null,
  gapOfThem: () => Gap,
): {
  vq: FlexibleResources;
  vi: FlexibleResources;
} {
  if (capabilities === null) {
    const unknown = { ...noResources, gap: gapOfThem() };
    return { vq: unknown, vi: unknown };
  }
  return {
    vq: {
      supported: capabilities.crt % 2 === 1,
      total: capabilities.vqfrt,
      assignedToSecondaries: capabilities.vqrfa,
      allocatedToPrimary: capabilities.vqrfap,
      privateToPrimary: capabilities.vqprt,
      secondaryMaximum: capabilities.vqfrsm,
      granularity: capabilities.vqgran,
    },
    vi: {
      supported: capabilities.crt >= 2,
      total: capabilities.vifrt,
      assignedToSecondaries: capabilities.virfa,
      allocatedToPrimary: capabilities.virfap,
      privateToPrimary: capabilities.viprt,
      secondaryMaximum: capabilities.vifrsm,
      granularity: capabilities.vigran,
    },
  };
}
