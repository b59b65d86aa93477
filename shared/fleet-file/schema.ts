import { z } from 'zod';
import { virtualMachineStateSchema } from '../fleet/schema.ts';
import { fileClockSchema } from '../simulation/clock-state.ts';
import { plannedFaultSchema } from '../simulation/faults.ts';
import { fileControllerSchema } from './controller/controller-schema.ts';
import { fileDriveHealthSchema, fileSanitizeSchema } from './controller/health-schema.ts';
import { bytes, notInForm } from './form-hints.ts';
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
 * `announced`: what its Identify Controller announces and nothing else, as the twin of a captured drive.
 * `qemu-7.2`: as QEMU 7.2 answers: OACS bit 7 clear, no namespace create and delete, no migration, no vendor commands.
 * `linux-nvmet`: the Linux NVMe-oF target, which has no virtualization management.
 */
export const profileNameSchema = z.enum([
  'berth',
  'vendor-2022',
  'self-contained',
  'private-resources',
  'siov-like',
  'announced',
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
        seconds: z.number().positive().max(86_400).meta({ title: 'Seconds' }),
        pagesPerSecond: z
          .number()
          .int()
          .min(0)
          .max(10_000_000)
          .meta({ title: '4 KiB pages written per second' }),
        /** Hot set: bytes at the beginning of the memory that `hotShare` of the writes go to. */
        hotBytes: z
          .number()
          .int()
          .min(4096)
          .optional()
          .meta({ title: 'Hot set', ...bytes }),
        hotShare: z.number().min(0).max(1).default(0.9).meta({ title: 'Share of writes to it' }),
      }),
    )
    .min(1)
    .max(100)
    .meta({ title: 'Phases, repeated in order', examples: [[{ seconds: 60, pagesPerSecond: 1000 }]] }),
  /** Read commands each second, over all its devices: their data is written to guest memory. */
  readsPerSecond: z.number().int().min(0).max(1_000_000).default(0).meta({ title: 'Reads per second' }),
  /** Write commands each second, over all namespaces of its devices. */
  writesPerSecond: z.number().int().min(0).max(1_000_000).default(0).meta({ title: 'Writes per second' }),
  /** Logical blocks of each read or write. */
  blocksPerCommand: z.number().int().min(1).max(65_536).default(8).meta({ title: 'Blocks per command' }),
});
export type FileWorkload = z.infer<typeof workloadSchema>;

const fileVirtualMachineSchema = z.strictObject({
  name: z.string().min(1).max(200).meta({ title: 'Name' }),
  vcpus: z.number().int().min(1).max(4096).meta({ title: 'Virtual CPUs' }),
  memoryBytes: z
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .meta({ title: 'Memory', description: 'Bytes, or for example 4 GiB.', ...bytes }),
  state: virtualMachineStateSchema.default('running').meta({ title: 'State' }),
  viommu: z.boolean().default(false).meta({ title: 'The guest has a virtual IOMMU' }),
  /** Addresses of the functions on its host that it owns through VFIO. */
  devices: z.array(functionAddress).default([]).meta({
    title: 'Devices',
    description: 'Virtual functions that it owns. One that is added is bound to vfio-pci and taken online.',
  }),
  /** Addresses of functions that left the host while it had them; absent: none. */
  lostDevices: z.array(functionAddress).optional().meta(notInForm),
  /** Digest of its memory, 16 hexadecimal digits; made from the seed when absent. */
  memoryDigest: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional()
    .meta(notInForm),
  /** Absent: the guest keeps still. */
  workload: workloadSchema.optional().meta({
    title: 'The guest has a workload: it writes memory, and its devices read and write',
    examples: [
      // Half of the writes go to a small part of the memory, as those of most guests do.
      {
        phases: [{ seconds: 60, pagesPerSecond: 2000, hotBytes: 64 * 2 ** 20, hotShare: 0.5 }],
        readsPerSecond: 200,
        writesPerSecond: 100,
        blocksPerCommand: 8,
      },
    ],
  }),
  /** Microseconds for which the guest has run. */
  workedMicroseconds: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).meta(notInForm),
  /** Bytes of memory that an incoming one has received so far. */
  receivedBytes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).meta(notInForm),
  /** Present while somebody logs what its processors write: pages of 4 KiB, see `granule-runs.ts`. */
  dirtyLog: base64Bytes.optional().meta(notInForm),
});
export type FileVirtualMachine = z.infer<typeof fileVirtualMachineSchema>;

const fileHostSchema = z.strictObject({
  name: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'Use letters, digits, dots, dashes and underscores')
    .meta({ title: 'Name' }),
  /** See `shared/platform/feature-levels.ts`. */
  kernel: z
    .string()
    .max(200)
    .default('6.8.0')
    .meta({ title: 'Kernel release', description: 'It determines what VFIO can do.' }),
  /** Empty when the hypervisor does not say. */
  qemu: z.string().max(200).default('9.2.0').meta({ title: 'QEMU version' }),
  libvirt: z
    .string()
    .max(200)
    .default('')
    .meta({ title: 'libvirt version', description: 'Empty: QEMU is used without it.' }),
  /** Empty when the host has none: then nothing can be bound to vfio-pci. */
  iommu: z.string().max(200).default('iommufd').meta({ title: 'IOMMU' }),
  iommuDirtyTracking: z.boolean().default(true).meta({ title: 'The IOMMU tracks where devices write' }),
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
    .default([4096, 2 ** 21, 2 ** 30])
    .meta({ title: 'IOMMU page sizes, bytes' }),
  vfio: z
    .strictObject({
      stopCopy: z.boolean().default(true).meta({ title: 'The VFIO driver offers STOP_COPY' }),
      p2p: z.boolean().default(true).meta({ title: 'The VFIO driver offers P2P' }),
      preCopy: z.boolean().default(true).meta({ title: 'The VFIO driver offers PRE_COPY' }),
    })
    .prefault({}),
  /** Of the migration link, as the latency and the loss. */
  linkBytesPerSecond: z
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .default(3_125_000_000)
    .meta({ title: 'Speed, bytes per second' }),
  linkLatencyMilliseconds: z.number().min(0).max(10_000).default(0).meta({ title: 'One-way latency, ms' }),
  linkLoss: z
    .number()
    .min(0)
    .max(0.99)
    .default(0)
    .meta({ title: 'Loss, share of packets', description: '0.01 is one in a hundred.' }),
  /** What the migration link does now; absent: it is up, at its full speed. */
  linkState: fileLinkStateSchema.optional().meta(notInForm),
  /** It started anew after it had lost power; absent: it did not. */
  lostPower: z.boolean().optional().meta(notInForm),
  /** Memory page size in bytes: a power of two from 4096. */
  pageSize: z
    .number()
    .int()
    .min(4096)
    .default(4096)
    .meta({ title: 'Memory page size', ...bytes }),
  /** Logical processors; the nvme driver asks for that many queues. */
  processors: z.number().int().min(1).max(8192).default(16).meta({ title: 'Logical processors' }),
  /** N of `nvme-subsysN` by NQN; without it the lowest device number of the subsystem's controllers. */
  subsystemNumbers: z.record(z.string().max(1000), z.number().int().min(0)).default({}).meta(notInForm),
  virtualMachines: z.array(fileVirtualMachineSchema).default([]).meta(notInForm),
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
  nqn: z.string().min(1).max(1000).meta({ title: 'NVM subsystem NQN' }),
  profile: profileNameSchema
    .default('berth')
    .meta({ title: 'Device profile', description: 'How the device behaves where devices differ.' }),
  readings: readingsSchema.optional().meta(notInForm),
  trackingLimits: fileTrackingLimitsSchema.optional().meta(notInForm),
  /** False for a device whose controllers do not know their subsystem (CNS 12h and 13h are refused). */
  controllerLists: z
    .boolean()
    .default(true)
    .meta({ title: 'Controllers know their NVM subsystem (CNS 12h, 13h)' }),
  /**
   * What is assigned to an enabled virtual function counts from its next function level reset on; until then it does not
   * go online. Absent: it counts at once.
   */
  onlineNeedsReset: z.boolean().optional().meta(notInForm),
  /** Bytes for all namespaces together. */
  capacityBytes: z
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ title: 'Capacity (TNVMCAP)', description: 'Empty: just enough for the namespaces.', ...bytes }),
  controllers: z.array(fileControllerSchema).min(1).meta(notInForm),
  namespaces: z.array(fileNamespaceSchema).default([]).meta(notInForm),
  /** What waits to go wrong with admin commands. */
  faults: z.array(plannedFaultSchema).default([]).meta(notInForm),
  health: fileDriveHealthSchema.optional().meta(notInForm),
  /** Absent: there never was one. */
  sanitize: fileSanitizeSchema.optional().meta(notInForm),
});
export type FileSubsystem = z.infer<typeof fileSubsystemSchema>;

export const fleetFileSchema = z.strictObject({
  format: z.literal(fleetFileFormat),
  version: z.literal(fleetFileVersion),
  name: z.string().min(1).max(100).meta({ title: 'Name', description: 'Short, for lists and paths.' }),
  title: z.string().max(200).default('').meta({ title: 'Title' }),
  description: z.string().max(10_000).default('').meta({ title: 'Description' }),
  seed: z
    .number()
    .int()
    .min(0)
    .max(0xffffffff)
    .default(42)
    .meta({ title: 'Seed', description: 'The same seed gives the same fleet, guests and queues.' }),
  /** Absent: simulated time begins at 0, in real time. */
  clock: fileClockSchema.optional().meta(notInForm),
  hosts: z.array(fileHostSchema).min(1).meta(notInForm),
  subsystems: z.array(fileSubsystemSchema).default([]).meta(notInForm),
});
export type FleetFile = z.infer<typeof fleetFileSchema>;
/** A fleet file as a person writes it, before defaults are filled in. */
export type FleetFileInput = z.input<typeof fleetFileSchema>;
