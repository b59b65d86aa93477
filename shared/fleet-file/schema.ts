import { z } from 'zod';
import { virtualMachineStateSchema } from '../fleet/schema.ts';
import { fileClockSchema } from '../simulation/clock-state.ts';
import { plannedFaultSchema } from '../simulation/faults.ts';
import { fileControllerSchema } from './controller/controller-schema.ts';
import { fileDriveHealthSchema, fileSanitizeSchema } from './controller/health-schema.ts';
import { fileLinkStateSchema } from './host/link-schema.ts';
import { fileNamespaceSchema } from './namespace/namespace-schema.ts';
import { base64Bytes, functionAddress } from './scalars.ts';
import { fileTrackingLimitsSchema } from './tracking/tracking-schema.ts';

/**
 * A fleet file: hosts, NVM subsystems and their controllers, from which a simulated fleet is made and to which its
 * state is written. This schema says what each field may be by itself; `rules.ts` says what must hold between them.
 */
export const fleetFileFormat = 'berth-fleet';
export const fleetFileVersion = 1;

/**
 * How a simulated device behaves where devices differ.
 * `berth`: NVMe Base 2.1 with migration commands, namespace management and the proposed virtual subsystem commands.
 * `vendor-2022`: the vendor-opcode device of the series of December 2022: migration by the commands C4h, C8h, CCh, D2h and
 * D5h, STOP_COPY only, no standard migration commands, no virtual subsystems.
 * `self-contained`: the state of a function is in its own BAR, STOP_COPY only; the primary has no part in it.
 * `private-resources`: as `berth`, but without flexible resources (CRT is 0): every controller has its own.
 * `siov-like`: as `berth` without SR-IOV; its functions exist only after the controlling function provisioned them.
 * `qemu-7.2`: as QEMU 7.2 answers: OACS bit 7 clear, no namespace create and delete, no migration, no vendor commands.
 * `linux-nvmet`: the Linux NVMe-oF target, which has no virtualization management.
 */
export const profileNameSchema = z.enum([
  'berth',
  'vendor-2022',
  'self-contained',
  'private-resources',
  'siov-like',
  'qemu-7.2',
  'linux-nvmet',
]);
export type ProfileName = z.infer<typeof profileNameSchema>;

/** What a guest does while it runs: a uniform load is one phase without a hot set. Everything follows from the seed. */
const workloadSchema = z.strictObject({
  /** Phases of the guest's processors, one after the other and from the beginning again. */
  phases: z
    .array(
      z.strictObject({
        seconds: z.number().positive().max(86_400),
        /** Pages of 4 KiB written each second. */
        pagesPerSecond: z.number().int().min(0).max(10_000_000),
        /** Hot set: bytes at the beginning of the memory that `hotShare` of the writes go to. */
        hotBytes: z.number().int().min(4096).optional(),
        hotShare: z.number().min(0).max(1).default(0.9),
      }),
    )
    .min(1)
    .max(100),
  /** Read commands each second, over all its devices: their data is written to guest memory. */
  readsPerSecond: z.number().int().min(0).max(1_000_000).default(0),
  /** Write commands each second, over all namespaces of its devices. */
  writesPerSecond: z.number().int().min(0).max(1_000_000).default(0),
  /** Logical blocks of each read or write. */
  blocksPerCommand: z.number().int().min(1).max(65_536).default(8),
});
export type FileWorkload = z.infer<typeof workloadSchema>;

const fileVirtualMachineSchema = z.strictObject({
  name: z.string().min(1),
  vcpus: z.number().int().min(1).max(4096),
  memoryBytes: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  state: virtualMachineStateSchema.default('running'),
  /** The guest has an IOMMU of its own. */
  viommu: z.boolean().default(false),
  /** Addresses of the functions on its host that it owns through VFIO. */
  devices: z.array(functionAddress).default([]),
  /** Digest of its memory, 16 hexadecimal digits; made from the seed when absent. */
  memoryDigest: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  /** Absent: the guest keeps still. */
  workload: workloadSchema.optional(),
  /** Microseconds for which the guest has run. */
  workedMicroseconds: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  /** Bytes of memory that an incoming one has received so far. */
  receivedBytes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  /** Present while somebody logs what its processors write: pages of 4 KiB, see `granule-runs.ts`. */
  dirtyLog: base64Bytes.optional(),
});
export type FileVirtualMachine = z.infer<typeof fileVirtualMachineSchema>;

const fileHostSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'Use letters, digits, dots, dashes and underscores'),
  /** Kernel release; what it can do follows from it (`shared/platform/feature-levels.ts`). */
  kernel: z.string().default('6.8.0'),
  /** QEMU version; empty when the hypervisor does not say. */
  qemu: z.string().default('9.2.0'),
  /** Empty when the host has none: then nothing can be bound to vfio-pci. */
  iommu: z.string().default('iommufd'),
  /** The IOMMU's hardware notes where devices wrote. */
  iommuDirtyTracking: z.boolean().default(true),
  /** Page sizes of the IOMMU in bytes, each a power of two. */
  iommuPageSizes: z
    .array(
      z
        .number()
        .int()
        .min(4096)
        .max(2 ** 40),
    )
    .min(1)
    .max(16)
    .default([4096, 2 ** 21, 2 ** 30]),
  vfio: z
    .strictObject({
      stopCopy: z.boolean().default(true),
      p2p: z.boolean().default(true),
      preCopy: z.boolean().default(true),
    })
    .prefault({}),
  /** Migration link, bytes per second. */
  linkBytesPerSecond: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(3_125_000_000),
  /** One-way latency of the migration link in milliseconds. */
  linkLatencyMilliseconds: z.number().min(0).max(10_000).default(0),
  /** Share of its packets that get lost. */
  linkLoss: z.number().min(0).max(0.99).default(0),
  /** What the migration link does now; absent: it is up, at its full speed. */
  linkState: fileLinkStateSchema.optional(),
  /** Memory page size in bytes: a power of two from 4096. */
  pageSize: z.number().int().min(4096).default(4096),
  /** Logical processors; the nvme driver asks for that many queues. */
  processors: z.number().int().min(1).max(8192).default(16),
  /** N of `nvme-subsysN` by NQN; without it the lowest device number of the subsystem's controllers. */
  subsystemNumbers: z.record(z.string(), z.number().int().min(0)).default({}),
  virtualMachines: z.array(fileVirtualMachineSchema).default([]),
});
export type FileHost = z.infer<typeof fileHostSchema>;

/** Where the specification can be read in two ways: how this device reads it. Absent: as printed. */
const readingsSchema = z
  .strictObject({
    /** Status of a Controller Data Queue beyond the announced number. */
    queueLimitStatus: z.enum(['notEnoughResources', 'invalidField']),
    /** Set Controller State of a target that is neither suspended nor offline. */
    setStateNeeds: z.enum(['enabled', 'disabled']),
    /** Sequence indicator 11b commits the state. */
    onlyCommandCommits: z.boolean(),
  })
  .partial();

/** An NVM subsystem: one space of controller and namespace identifiers, possibly reached from several hosts. */
const fileSubsystemSchema = z.strictObject({
  nqn: z.string().min(1),
  profile: profileNameSchema.default('berth'),
  readings: readingsSchema.optional(),
  trackingLimits: fileTrackingLimitsSchema.optional(),
  /** False for a device whose controllers do not know their subsystem (CNS 12h and 13h are refused). */
  controllerLists: z.boolean().default(true),
  /** TNVMCAP: bytes for all namespaces together; without it just what the namespaces take. */
  capacityBytes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  controllers: z.array(fileControllerSchema).min(1),
  namespaces: z.array(fileNamespaceSchema).default([]),
  /** What waits to go wrong with admin commands. */
  faults: z.array(plannedFaultSchema).default([]),
  health: fileDriveHealthSchema.optional(),
  /** Absent: there never was one. */
  sanitize: fileSanitizeSchema.optional(),
});
export type FileSubsystem = z.infer<typeof fileSubsystemSchema>;

export const fleetFileSchema = z.strictObject({
  format: z.literal(fleetFileFormat),
  version: z.literal(fleetFileVersion),
  /** Short name for lists and paths. */
  name: z.string().min(1).max(100),
  title: z.string().default(''),
  description: z.string().default(''),
  seed: z.number().int().min(0).max(0xffffffff).default(42),
  /** Absent: simulated time begins at 0, in real time. */
  clock: fileClockSchema.optional(),
  hosts: z.array(fileHostSchema).min(1),
  subsystems: z.array(fileSubsystemSchema).default([]),
});
export type FleetFile = z.infer<typeof fleetFileSchema>;
/** A fleet file as a person writes it, before defaults are filled in. */
export type FleetFileInput = z.input<typeof fleetFileSchema>;
