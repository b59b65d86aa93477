import { z } from 'zod';
import { platformFeatureSchema } from '../platform/schema.ts';
import { migrationInterfaceSchema, vfioOfferSchema, vfioStateSchema } from '../vfio/schema.ts';
import { exposedMaskSchema } from '../virtual-subsystem/mask/exposed-capability.ts';
import { fleetCollections } from './collections.ts';
import { controllerIdentitySchema } from './controller-identity.ts';
import { flexibleResourcesSchema } from './flexible-resources.ts';
import { gapSchema } from './gap.ts';
import { recordedFields } from './not-recorded.ts';
import { offeredCapabilitiesSchema, pciIdentitySchema } from './offered-capabilities.ts';

/**
 * The fleet: what discovery read through admin queues, sysfs and the hypervisor, in one normalised, serialisable value.
 * It never holds what a simulator knows inside. Ids are stable across rediscovery:
 * host `hv-a`; subsystem = its physical NQN; controller `hv-a/0000:41:00.0` (by PCI address; fabrics by device name),
 * secondary controller `<primary id>/<SCID>`, whatever kind of function it is, and `<primary id>/vf<VFN>` without a list; namespace `<subsystem id>#<NSID>`;
 * virtual subsystem `<primary id>|<virtual NQN>`; virtual machine `hv-a:<name>`.
 */

const uint16 = z.number().int().min(0).max(0xffff);
const uint32 = z.number().int().min(0).max(0xffffffff);

/** Something that could not be read or made no sense; shown beside the object, never thrown. */
export const problemSchema = z.object({
  /** File, command or sysfs path that was read. */
  source: z.string(),
  field: z.string().optional(),
  message: z.string(),
  fix: z.string().optional(),
  /** It is not recorded, and this command would tell it on the host. */
  tellBy: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** Whether a host connection can do something; if it cannot, why, in words for the person. */
export const capabilitySchema = z.discriminatedUnion('available', [
  z.object({ available: z.literal(true) }),
  z.object({ available: z.literal(false), reason: z.string() }),
]);
export type Capability = z.infer<typeof capabilitySchema>;

export const hostCapabilitiesSchema = z.object({
  /** Admin commands that change a controller. */
  changeControllers: capabilitySchema,
  /** sriov_numvfs, driver binding, function resets. */
  changePci: capabilitySchema,
  /** VFIO migration states of assigned functions. */
  vfioMigration: capabilitySchema,
  /** Start, pause and stop virtual machines, and hand devices to them. */
  virtualMachines: capabilitySchema,
  /** Vendor-specific virtual subsystem commands (a proposal, not in the ratified specification). */
  virtualSubsystems: capabilitySchema,
});
export type HostCapabilities = z.infer<typeof hostCapabilitiesSchema>;
export type HostCapabilityName = keyof HostCapabilities;

/** Levels of a host's software and hardware that a migration depends on. */
export const hostPlatformSchema = z.object({
  /** QEMU version, empty when unknown. */
  qemu: z.string(),
  /** libvirt version, empty when QEMU is used without it; left out: not recorded. */
  libvirt: z.string().optional(),
  /** Memory page size in use, bytes; 0 when unknown. */
  pageSize: z.number().int().min(0),
  /** Page sizes of the IOMMU, bytes, ascending; empty when unknown or without one. */
  iommuPageSizes: z.array(z.number().int().positive()),
  /** The IOMMU's hardware notes in its page tables where devices wrote (IOMMU_HW_CAP_DIRTY_TRACKING). */
  iommuHardwareDirtyTracking: capabilitySchema,
  /** What kernel and QEMU bring along, each with the reason if they do not. */
  features: z.record(platformFeatureSchema, capabilitySchema),
});
export type HostPlatform = z.infer<typeof hostPlatformSchema>;

/** CSTS.CFS is 1 (NVMe Base 2.1, 3.1.4.6); its registers read all ones; its last admin command was not completed in time. */
const controllerFailureSchema = z.enum(['fatal', 'removed', 'not-answering']);

export const backendKindSchema = z.enum(['simulated', 'capture', 'linux']);

export const hostSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: backendKindSchema,
  /** Kernel release, empty when unknown. */
  kernel: z.string(),
  /** For example `iommufd` or `intel-iommu`; empty when none or unknown. */
  iommu: z.string(),
  /** VFIO migration flags that the host's driver offers (Linux uAPI vfio.h). */
  vfioFlags: z.object({ stopCopy: z.boolean(), p2p: z.boolean(), preCopy: z.boolean() }),
  /** Speed of the migration link in bytes per second; 0 when unknown. */
  linkBytesPerSecond: z.number().min(0),
  /** One-way latency of that link in milliseconds; null when it was not measured. */
  linkLatencyMilliseconds: z.number().min(0).nullable(),
  /** Share of its packets that get lost, 0 up to but not including 1; null when it was not measured. */
  linkLoss: z.number().min(0).lt(1).nullable(),
  platform: hostPlatformSchema,
  capabilities: hostCapabilitiesSchema,
  /** It started anew after a power loss; it could not be read last time, so what is shown is from before. */
  lostPower: z.boolean().optional(),
  unread: z.boolean().optional(),
  problems: z.array(problemSchema),
});
export type Host = z.infer<typeof hostSchema>;

export const subsystemSchema = z.object({
  /** The physical NVM subsystem NQN as the controllers report it. */
  id: z.string(),
  nqn: z.string(),
});
export type Subsystem = z.infer<typeof subsystemSchema>;

/** Capability fields of Identify Controller that assignment and migration compare. Raw register values. */
export const controllerCapabilitiesSchema = z.object({
  oacs: uint16,
  oncs: uint16,
  oaes: uint32,
  ctratt: uint32,
  lpa: z.number().int().min(0).max(0xff),
  mdts: z.number().int().min(0).max(0xff),
  acl: z.number().int().min(0).max(0xff),
  aerl: z.number().int().min(0).max(0xff),
  elpe: z.number().int().min(0).max(0xff),
  npss: z.number().int().min(0).max(0xff),
  frmw: z.number().int().min(0).max(0xff),
  sqes: z.number().int().min(0).max(0xff),
  cqes: z.number().int().min(0).max(0xff),
  maxcmd: uint16,
  nn: uint32,
  mnan: uint32,
  fuses: uint16,
  fna: z.number().int().min(0).max(0xff),
  vwc: z.number().int().min(0).max(0xff),
  sgls: uint32,
  cmic: z.number().int().min(0).max(0xff),
  kas: uint16,
  ocfs: uint16,
});
export type ControllerCapabilities = z.infer<typeof controllerCapabilitiesSchema>;

const controllerCommon = {
  id: z.string(),
  hostId: z.string(),
  /** Empty when the subsystem is unknown (an offline secondary that was never identified takes its primary's). */
  subsystemId: z.string(),
  /** CNTLID, 0-FFFFh. */
  cntlid: uint16,
  /** `0000:41:00.0`; null for fabrics controllers and for secondaries whose VF does not exist (yet). */
  pciAddress: z.string().nullable(),
  /** `nvme1`; null when no nvme driver is bound. */
  deviceName: z.string().nullable(),
  /** Bound kernel driver (`nvme`, `vfio-pci`), null when unbound. */
  driver: z.string().nullable(),
  /** PCI device ID of a physical function; left out where it was not read. */
  pciDeviceId: uint16.optional(),
  /** IOMMU group number, null when none or unknown. */
  iommuGroup: z.number().int().min(0).nullable(),
  /** Null when Identify Controller could not be read (offline, bound to vfio-pci, no function). */
  identity: controllerIdentitySchema.nullable(),
  capabilities: controllerCapabilitiesSchema.nullable(),
  ...recordedFields,
  /** NSIDs attached to this controller, ascending. */
  attachedNamespaces: z.array(uint32),
  /** Left out: it lives, is offline (then it need not answer), or nobody can tell. */
  failure: controllerFailureSchema.optional(),
  problems: z.array(problemSchema),
};

/** CNS 20h, Supported Controller State Formats; null when the controller does not manage migration. */
export const stateFormatsSchema = z.object({ versions: z.array(uint16), uuids: z.array(z.string()) });
export type StateFormats = z.infer<typeof stateFormatsSchema>;

/** What a primary can do with functions (Berth proposal, not in the ratified specification). */
export const primaryFunctionsSchema = z.object({
  /** Enable live migration of a function, show it to VFIO, hide it. */
  manage: capabilitySchema,
  /** Provision and destroy functions that are no virtual functions. */
  provision: capabilitySchema,
  /** MAXPF; 0 without them. */
  maximumProvisioned: uint16,
  /** FPCID: CNTLID of the first provisioned function. */
  firstCntlid: uint16,
});
export type PrimaryFunctions = z.infer<typeof primaryFunctionsSchema>;

export const primaryControllerSchema = z.object({
  role: z.literal('primary'),
  ...controllerCommon,
  vq: flexibleResourcesSchema,
  vi: flexibleResourcesSchema,
  /** From the SR-IOV capability; 0 without it. */
  totalVfs: z.number().int().min(0),
  numVfs: z.number().int().min(0),
  driversAutoprobe: z.boolean(),
  /** Secondary controller ids in VFN order. */
  secondaryIds: z.array(z.string()),
  stateFormats: stateFormatsSchema.nullable(),
  /** The virtual subsystem commands of the proposal answer on this controller. */
  virtualSubsystems: capabilitySchema,
  /** What its secondaries can show; left out when it does not say. */
  offered: offeredCapabilitiesSchema.optional(),
  /** Function provisioning commands of the proposal. */
  functions: primaryFunctionsSchema,
  /** Its secondaries can be saved and loaded, through whichever interface. */
  migration: capabilitySchema,
  /** Through which interface; null without one. */
  migrationInterface: migrationInterfaceSchema.nullable(),
  /** What the interface was told by, or why there is none. */
  migrationEvidence: z.string(),
  /** The device tracks which memory its controlled functions write (TRATTR bit 0, Track Host Memory Changes). */
  memoryTracking: capabilitySchema,
  /** The device logs which user data its controlled functions change (TRATTR bit 1, Track User Data Changes). */
  userDataTracking: capabilitySchema,
  /** User data migration queues that it may have, and all controllers of its NVM subsystem (MCUDMQ, MNSUDMQ). */
  userDataQueues: z.object({ ofController: uint16, ofSubsystem: uint16 }).optional(),
  /** VFIO variant driver that the kernel has for its virtual functions; null without one or where unknown. */
  vfioDriver: z.string().nullable(),
});
export type PrimaryController = z.infer<typeof primaryControllerSchema>;

export const secondaryControllerSchema = z.object({
  role: z.literal('secondary'),
  ...controllerCommon,
  primaryId: z.string(),
  /** `vf`: SR-IOV virtual function; `siov`: it exists because its controlling function provisioned it (proposal). */
  functionKind: z.enum(['vf', 'siov']),
  /** Handle on the controlling side; null when the primary has no function commands. */
  functionHandle: uint16.nullable(),
  /** `0000:81:00.0/<uuid>`: where the host shows a `siov` function, which has no PCI address; null while it is hidden. */
  assignableDevice: z.string().nullable(),
  /** Its controlling function lets it be saved and loaded; without it VFIO offers no migration. */
  migrationEnabled: z.boolean(),
  /** Its controlling function lets VFIO show it. */
  visible: z.boolean(),
  /**
   * Why no Secondary Controller List names it, although its function exists: then its resources are unknown, its state
   * too unless nobody has to bring it online, and its CNTLID unless it was identified. Left out: the list names it.
   */
  unlisted: z.object({ gap: gapSchema, knowsCntlid: z.boolean() }).optional(),
  /** 1-based virtual function number; 0 when the secondary is not a VF. */
  vfn: uint16,
  /** SCS bit 0 of the Secondary Controller List. */
  online: z.boolean(),
  /** Flexible VQ and VI resources that it holds. */
  nvq: uint16,
  nvi: uint16,
  /** VFIO migration state; null unless bound to vfio-pci on a host that offers migration. */
  vfioState: vfioStateSchema.nullable(),
  /** What the VFIO driver bound to it offers. */
  vfioOffer: vfioOfferSchema,
  /** CSUP of Migration Receive, although VFIO says RUNNING; left out: it is not, or was not asked. */
  suspended: z.boolean().optional(),
  /** Its controlling function logs what it changes into a user data migration queue; left out: no, or the host does not say. */
  userDataQueue: z.boolean().optional(),
  virtualSubsystemId: z.string().nullable(),
  /** Virtual controller id inside the virtual subsystem. */
  virtualControllerId: uint16.nullable(),
  virtualMachineId: z.string().nullable(),
});
export type SecondaryController = z.infer<typeof secondaryControllerSchema>;

/** A controller without SR-IOV / virtualization enhancements, or a fabrics controller. */
export const plainControllerSchema = z.object({
  role: z.literal('plain'),
  ...controllerCommon,
  transport: z.string(),
});
export type PlainController = z.infer<typeof plainControllerSchema>;

export const controllerSchema = z.discriminatedUnion('role', [
  primaryControllerSchema,
  secondaryControllerSchema,
  plainControllerSchema,
]);
export type Controller = z.infer<typeof controllerSchema>;

export const namespaceSchema = z.object({
  id: z.string(),
  subsystemId: z.string(),
  nsid: uint32,
  /** NSZE × LBA size, bytes, as a decimal string (can exceed 2^53). */
  sizeBytes: z.string(),
  /** Bytes per logical block of the current format. */
  blockSize: z.number().int().positive(),
  /** Metadata bytes per block of the current format. */
  metadataSize: z.number().int().min(0),
  /** Index of the current LBA format (FLBAS); left out when Identify Namespace could not be read. */
  formatIndex: z.number().int().min(0).max(63).optional(),
  /** NMIC bit 0: may be attached to more than one controller. */
  shared: z.boolean(),
  /** NMIC bit 1: other NVM subsystems have the same namespace under the same identifiers; left out: it does not say so. */
  dispersed: z.boolean().optional(),
  /** 32 lower-case hex digits; empty when zero or unknown. */
  nguid: z.string(),
  /** 16 lower-case hex digits; empty when zero or unknown. */
  eui64: z.string(),
  uuid: z.string(),
  /** Ids of the controllers it is attached to. */
  attachedTo: z.array(z.string()),
  problems: z.array(problemSchema),
});
export type Namespace = z.infer<typeof namespaceSchema>;

/** What guests see; empty or left out: the hardware's own. A proposal, not in the ratified specification. */
export const virtualIdentitySchema = z.object({
  serialNumber: z.string(),
  modelNumber: z.string(),
  firmwareRevision: z.string(),
  /** IEEE OUI, 24 bits. */
  ieee: z.number().int().min(0).max(0xffffff).optional(),
  /** FRU globally unique identifier, a UUID in lower case with hyphens. */
  fguid: z
    .string()
    .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
    .optional(),
  /** PCI identifiers in the configuration space that the guest sees, all or none; VID and SSVID of Identify follow. */
  pci: pciIdentitySchema.optional(),
});
export type VirtualIdentity = z.infer<typeof virtualIdentitySchema>;

export const virtualSubsystemSchema = z.object({
  id: z.string(),
  hostId: z.string(),
  primaryId: z.string(),
  /** Virtual NQN, at most 223 bytes of UTF-8. */
  nqn: z.string(),
  /** Virtual controller id of the primary itself. */
  primaryVirtualId: uint16,
  identity: virtualIdentitySchema,
  /** What the members still show of their capabilities; empty: everything. */
  exposed: exposedMaskSchema,
  /** Members in order of virtual controller id. */
  members: z.array(z.object({ controllerId: z.string(), virtualControllerId: uint16 })),
});
export type VirtualSubsystem = z.infer<typeof virtualSubsystemSchema>;

export const virtualMachineStateSchema = z.enum(['running', 'paused', 'incoming', 'stopped']);

export const virtualMachineSchema = z.object({
  id: z.string(),
  hostId: z.string(),
  name: z.string(),
  vcpus: z.number().int().positive(),
  memoryBytes: z.number().int().positive(),
  state: virtualMachineStateSchema,
  /** The guest has an IOMMU of its own. */
  viommu: z.boolean(),
  /** Memory that it writes each second as the hypervisor measured it, bytes; null when it was not measured. */
  dirtyBytesPerSecond: z.number().min(0).nullable(),
  /** Secondary controllers handed to it through VFIO. */
  deviceIds: z.array(z.string()),
  /** Addresses of functions that its configuration names and that left the host under it; left out: none. */
  lostDevices: z.array(z.string()).optional(),
  /** Of an incoming one: its memory is there, all of it; left out: not incoming, or the host does not say. */
  memoryArrived: z.boolean().optional(),
  /** Whether somebody notes which memory it writes to, as a migration does; left out: the hypervisor does not say. */
  tracksMemory: z.boolean().optional(),
  /** Of their time that its processors do not get while it is migrated, percent; left out: the hypervisor does not say. */
  throttlePercent: z.number().min(0).max(99).optional(),
});
export type VirtualMachine = z.infer<typeof virtualMachineSchema>;

/** Where the fleet comes from; shown on every screen and in every report. */
export const fleetSourceSchema = z.object({
  kind: backendKindSchema,
  /** `two-hosts`, a file name, or a capture's folder name. */
  name: z.string(),
  /** One line for the top bar, for example `Simulated fleet · seed 42`. */
  label: z.string(),
  simulated: z.boolean(),
  /** Set when nothing can be changed, with the reason and what to do (for example: open as simulated twin). */
  readOnly: z.string().nullable(),
  seed: z.number().int().nullable(),
});
export type FleetSource = z.infer<typeof fleetSourceSchema>;

export const fleetSchema = z.object({
  source: fleetSourceSchema,
  hosts: z.record(z.string(), hostSchema),
  subsystems: z.record(z.string(), subsystemSchema),
  controllers: z.record(z.string(), controllerSchema),
  namespaces: z.record(z.string(), namespaceSchema),
  virtualSubsystems: z.record(z.string(), virtualSubsystemSchema),
  virtualMachines: z.record(z.string(), virtualMachineSchema),
  /** Files or objects that could not be read at all. */
  problems: z.array(problemSchema),
});
export type Fleet = z.infer<typeof fleetSchema>;

/** The collections of the fleet that change messages speak of. */
export const fleetCollectionSchema = z.enum(fleetCollections);
export type FleetCollection = z.infer<typeof fleetCollectionSchema>;
