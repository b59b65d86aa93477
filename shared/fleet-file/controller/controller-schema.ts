import { z } from 'zod';
import { vfioStateSchema } from '../../vfio/device-state.ts';
import {
  asciiText,
  base64Bytes,
  controllerIdentifier,
  hexadecimal64,
  hexadecimalDigits,
  pciAddress,
  uint8,
  uint16,
  uint32,
  uuid,
} from '../scalars.ts';
import { fileDmaLoggingSchema, fileTrackingSchema } from '../tracking/tracking-schema.ts';
import { fileControllerHealthSchema } from './health-schema.ts';
import { liveStateSchema } from './live-state-schema.ts';

/** Identity fields of Identify Controller (NVMe Base 2.1, 5.1.13.2.1). */
const fileIdentitySchema = z.strictObject({
  vid: uint16.default(0x1de5),
  ssvid: uint16.default(0x1de5),
  serialNumber: asciiText(20),
  modelNumber: asciiText(40),
  firmwareRevision: asciiText(8),
  /** IEEE OUI, 24 bits. */
  ieee: z.number().int().min(0).max(0xffffff).default(0x00e04c),
  /** VER; 2.1 by default. */
  version: uint32.default(0x00020100),
});

/** Capability fields of Identify Controller that may differ between drives; the rest has fixed values. */
const fileCapabilitiesSchema = z.strictObject({
  oacs: uint16.optional(),
  oncs: uint16.default(0x01ff),
  oaes: uint32.default(0x00000300),
  ctratt: uint32.default(0x00000001),
  lpa: uint8.default(0x06),
  mdts: uint8.default(5),
  acl: uint8.default(3),
  aerl: uint8.default(3),
  elpe: uint8.default(63),
  npss: z.number().int().min(0).max(31).default(0),
  frmw: uint8.default(0x03),
  sqes: uint8.default(0x66),
  cqes: uint8.default(0x44),
  maxcmd: uint16.default(1024),
  nn: uint32.default(256),
  mnan: uint32.default(256),
  fuses: uint16.default(0),
  fna: uint8.default(0),
  vwc: uint8.default(0x07),
  sgls: uint32.default(0x00000001),
  kas: uint16.default(0),
  ocfs: uint16.default(0x0001),
});

/** Where Identify Controller comes from: fields, or the raw bytes of a captured device in which only CNTLID changes. */
const fileIdentifySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fields'),
    identity: fileIdentitySchema,
    capabilities: fileCapabilitiesSchema.prefault({}),
  }),
  z.strictObject({ kind: z.literal('bytes'), identifyController: base64Bytes }),
]);

/** Resources of one type (VQ or VI) of a primary controller and its secondaries (CNS 14h). */
const fileResourcesSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('flexible'),
    /** xQFRT. */
    total: uint32,
    /** xQFRSM: at most this many for one secondary. */
    secondaryMaximum: uint16,
    /** xQPRT. */
    privateToPrimary: uint16,
    /** xQRFAP. */
    allocatedToPrimary: uint16.default(0),
    /** Primary allocation that waits for the next reset other than a Controller Reset; null when none waits. */
    pendingAllocation: uint16.nullable().default(null),
    /** xQGRAN. */
    granularity: uint16.min(1).default(1),
  }),
  z.strictObject({
    kind: z.literal('fixed'),
    privateToPrimary: uint16,
    /** Private resources of every secondary; it does not show in CNS 14h or 15h. */
    perSecondary: uint16,
  }),
]);
export type FileResources = z.infer<typeof fileResourcesSchema>;

/** How a PCI function stands in its host's kernel. */
const functionState = {
  /** `nvme`, `vfio-pci`, or null when unbound. */
  driver: z.enum(['nvme', 'vfio-pci']).nullable().optional(),
  driverOverride: z.string().min(1).nullable().default(null),
  /** N of `/dev/nvmeN`; without it the lowest free number in the order of the file. Only with driver `nvme`. */
  deviceInstance: z.number().int().min(0).optional(),
  iommuGroup: z.number().int().min(0).nullable().optional(),
};

const fileVfioSchema = z.strictObject({
  state: vfioStateSchema,
  /** Bytes of the saving or resuming session: not yet read, or received so far. */
  data: base64Bytes.default(''),
  /** PRE_COPY: the early state that was offered last, and whether its first one is still being read. */
  early: z.strictObject({ state: base64Bytes, isInitial: z.boolean() }).optional(),
  /** Present while DMA logging runs. */
  dmaLogging: fileDmaLoggingSchema.optional(),
});
export type FileVfio = z.infer<typeof fileVfioSchema>;

/** One secondary controller that is not in its default state (offline, without resources, unbound). */
const fileSecondarySchema = z.strictObject({
  /** 1-based virtual function number. */
  vfn: uint16.min(1),
  /** Only where it does not follow from `firstSecondaryCntlid`. */
  cntlid: controllerIdentifier.optional(),
  /** Assigned flexible VQ and VI resources. */
  vq: uint16.default(0),
  vi: uint16.default(0),
  online: z.boolean().default(false),
  /** Function Management (proposal): what its controlling function lets VFIO do with it. */
  migrationEnabled: z.boolean().default(true),
  visible: z.boolean().default(true),
  ...functionState,
  /** State of the VFIO device, when a virtual machine or a migration has it open. */
  vfio: fileVfioSchema.optional(),
  live: liveStateSchema.optional(),
  health: fileControllerHealthSchema.optional(),
});
export type FileSecondary = z.infer<typeof fileSecondarySchema>;

/** A function that exists because its controlling function provisioned it (proposal). It has no PCI address of its own. */
const fileProvisionedFunctionSchema = z.strictObject({
  cntlid: controllerIdentifier,
  /** Function handle; without it 8000h and its place in the list. */
  handle: uint16.min(0x8000).optional(),
  /** Identifier under which the host shows it; without it, it follows from the NQN and the CNTLID. */
  uuid: uuid.optional(),
  vq: uint16.default(0),
  vi: uint16.default(0),
  online: z.boolean().default(false),
  migrationEnabled: z.boolean().default(false),
  visible: z.boolean().default(false),
  iommuGroup: z.number().int().min(0).nullable().optional(),
  vfio: fileVfioSchema.optional(),
  live: liveStateSchema.optional(),
  health: fileControllerHealthSchema.optional(),
});
export type FileProvisionedFunction = z.infer<typeof fileProvisionedFunctionSchema>;

/** A capability that the members of a virtual subsystem show narrowed. */
const fileExposedCapabilitySchema = z.strictObject({
  /** What the field belongs to; left out: Identify Controller. */
  structure: z
    .enum(['identify-controller', 'properties', 'resources', 'log-pages', 'features', 'lba-formats'])
    .optional(),
  /** Byte offset in the structure. */
  offset: z.number().int().min(0).max(4095),
  /** Bytes. */
  size: z.number().int().min(1).max(8),
  /** `keep-bits`: only these bits; `at-most`: no larger value; `limit`: the same where 0 means no limit; `at-least`: no smaller one. */
  rule: z.enum(['keep-bits', 'at-most', 'limit', 'at-least']),
  value: hexadecimal64,
});

/** A virtual subsystem of the proposal; not in the ratified specification. */
const fileVirtualSubsystemSchema = z.strictObject({
  /** VSID, 1-FFFFh; without it the lowest free one. */
  vsid: uint16.min(1).optional(),
  nqn: z.string().min(1),
  /** Virtual controller identifier of the primary itself. */
  primaryVirtualId: controllerIdentifier,
  /** An empty text means that the hardware's own shows. */
  identity: z.strictObject({
    serialNumber: asciiText(20).default(''),
    modelNumber: asciiText(40).default(''),
    firmwareRevision: asciiText(8).default(''),
    ieee: z.number().int().min(0).max(0xffffff).optional(),
    /** FRU globally unique identifier, 32 hexadecimal digits. */
    fguid: hexadecimalDigits(32),
    /** PCI identifiers that guests see in configuration space; without them the function's own. */
    pci: z
      .strictObject({
        vendorId: uint16,
        deviceId: uint16,
        subsystemVendorId: uint16,
        subsystemId: uint16,
        revision: uint8,
      })
      .optional(),
  }),
  exposedCapabilities: z.array(fileExposedCapabilitySchema).max(127).default([]),
  members: z
    .array(
      z.strictObject({
        /** CNTLID of a secondary of this primary. */
        cntlid: controllerIdentifier,
        virtualControllerId: controllerIdentifier,
      }),
    )
    .default([]),
});
export type FileVirtualSubsystem = z.infer<typeof fileVirtualSubsystemSchema>;

const controllerCommon = {
  cntlid: controllerIdentifier,
  /** Name of the host that reaches it. */
  host: z.string().min(1),
  identify: fileIdentifySchema,
  /** PCI device ID, as `new_id` of a driver names it. */
  pciDeviceId: uint16.default(0x0010),
  /** PCI subsystem ID and revision; the vendors are VID and SSVID of Identify Controller. */
  pciSubsystemId: uint16.default(0),
  pciRevision: uint8.default(0),
  /** CAP register, offset 0. */
  cap: hexadecimal64.default('0x4000300f0103ff'),
  ...functionState,
  live: liveStateSchema.optional(),
  health: fileControllerHealthSchema.optional(),
};

const filePrimarySchema = z.strictObject({
  role: z.literal('primary'),
  ...controllerCommon,
  address: pciAddress,
  sriov: z.strictObject({
    /** 0 for a device without SR-IOV, which needs `provisioned`. */
    totalVfs: z.number().int().min(0).max(0xffff),
    numVfs: z.number().int().min(0).default(0),
    /** Profile `qemu-7.2`: a reset of the physical function dropped the enabled functions; writing numVfs makes them. */
    functionsDropped: z.boolean().default(false),
    driversAutoprobe: z.boolean().default(true),
    /** First VF Offset and VF Stride of the SR-IOV capability. */
    vfOffset: uint16.min(1).default(1),
    vfStride: uint16.min(1).default(1),
  }),
  vq: fileResourcesSchema,
  vi: fileResourcesSchema,
  /** CNTLID of VF 1; the others follow. Without it, the one after the primary's. */
  firstSecondaryCntlid: controllerIdentifier.optional(),
  secondaries: z.array(fileSecondarySchema).default([]),
  virtualSubsystems: z.array(fileVirtualSubsystemSchema).default([]),
  /** Controller Data Queues and memory tracking of migrations under way. */
  tracking: fileTrackingSchema.optional(),
  /** Profile `siov-like`: functions that the controlling function can provision. */
  provisioned: z
    .strictObject({
      /** MAXPF: at most this many at the same time. */
      maximum: z.number().int().min(1).max(4096),
      /** FPCID: their CNTLIDs are this one and those that follow. */
      firstCntlid: controllerIdentifier,
      /** Handle of the next one. */
      nextHandle: uint16.min(0x8000).default(0x8000),
      functions: z.array(fileProvisionedFunctionSchema).default([]),
    })
    .optional(),
});
export type FilePrimary = z.infer<typeof filePrimarySchema>;

/** A controller without SR-IOV, or a fabrics controller. */
const filePlainSchema = z.strictObject({
  role: z.literal('plain'),
  ...controllerCommon,
  transport: z.enum(['pcie', 'tcp', 'rdma', 'fc', 'loop']).default('pcie'),
  /** Null for a fabrics controller. */
  address: pciAddress.nullable(),
  /** Queue pairs that it has, admin queue included. */
  queuePairs: uint16.min(2).default(65),
  interruptVectors: uint16.min(1).default(65),
});

export const fileControllerSchema = z.discriminatedUnion('role', [filePrimarySchema, filePlainSchema]);
export type FileController = z.infer<typeof fileControllerSchema>;
