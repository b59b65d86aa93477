import { z } from 'zod';
import { vfioStateSchema } from '../../vfio/schema.ts';
import { hexadecimalHint, notInForm } from '../form-hints.ts';
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
  vid: uint16.default(0x1de5).meta({ title: 'PCI vendor ID (VID)', ...hexadecimalHint }),
  ssvid: uint16.default(0x1de5).meta({ title: 'PCI subsystem vendor ID (SSVID)', ...hexadecimalHint }),
  serialNumber: asciiText(20).meta({ title: 'Serial number' }),
  modelNumber: asciiText(40).meta({ title: 'Model number' }),
  firmwareRevision: asciiText(8).meta({ title: 'Firmware revision' }),
  /** 24 bits. */
  ieee: z
    .number()
    .int()
    .min(0)
    .max(0xffffff)
    .default(0x00e04c)
    .meta({ title: 'IEEE OUI', ...hexadecimalHint }),
  /** 2.1 by default. */
  version: uint32.default(0x00020100).meta({ title: 'Version (VER)', ...hexadecimalHint }),
});

/** Capability fields of Identify Controller that may differ between drives; the rest has fixed values. */
const fileCapabilitiesSchema = z.strictObject({
  oacs: uint16.optional().meta({
    title: 'OACS, optional admin commands',
    description: 'Empty: what the profile has.',
    ...hexadecimalHint,
  }),
  oncs: uint16.default(0x01ff).meta({ title: 'ONCS, optional NVM commands', ...hexadecimalHint }),
  oaes: uint32.default(0x00000300).meta({ title: 'OAES, asynchronous events', ...hexadecimalHint }),
  ctratt: uint32.default(0x00000001).meta({ title: 'CTRATT, attributes', ...hexadecimalHint }),
  lpa: uint8.optional().meta({
    title: 'LPA, log page attributes',
    description: 'Empty: what the profile has.',
    ...hexadecimalHint,
  }),
  mdts: uint8.default(5).meta({ title: 'MDTS, maximum data transfer size' }),
  acl: uint8.default(3).meta({ title: 'ACL, abort command limit' }),
  aerl: uint8.default(3).meta({ title: 'AERL, event request limit' }),
  elpe: uint8.default(63).meta({ title: 'ELPE, error log entries' }),
  npss: z.number().int().min(0).max(31).default(0).meta({ title: 'NPSS, power states' }),
  frmw: uint8.default(0x03).meta({ title: 'FRMW, firmware updates', ...hexadecimalHint }),
  sqes: uint8.default(0x66).meta({ title: 'SQES, submission entry size', ...hexadecimalHint }),
  cqes: uint8.default(0x44).meta({ title: 'CQES, completion entry size', ...hexadecimalHint }),
  maxcmd: uint16.default(1024).meta({ title: 'MAXCMD, outstanding commands' }),
  nn: uint32.default(256).meta({ title: 'NN, namespaces' }),
  mnan: uint32.default(256).meta({ title: 'MNAN, allowed namespaces' }),
  fuses: uint16.default(0).meta({ title: 'FUSES, fused operations', ...hexadecimalHint }),
  fna: uint8.default(0).meta({ title: 'FNA, format attributes', ...hexadecimalHint }),
  vwc: uint8.default(0x07).meta({ title: 'VWC, volatile write cache', ...hexadecimalHint }),
  sgls: uint32.default(0x00000001).meta({ title: 'SGLS, SGL support', ...hexadecimalHint }),
  kas: uint16.default(0).meta({ title: 'KAS, keep alive granularity' }),
  ocfs: uint16.default(0x0001).meta({ title: 'OCFS, copy formats', ...hexadecimalHint }),
});

/** Where Identify Controller comes from: fields, or the raw bytes of a captured device in which only CNTLID changes. */
const fileIdentifySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fields'),
    identity: fileIdentitySchema,
    capabilities: fileCapabilitiesSchema.prefault({}),
  }),
  z.strictObject({ kind: z.literal('bytes'), identifyController: base64Bytes.meta(notInForm) }),
]);

/** Resources of one type (VQ or VI) of a primary controller and its secondaries (CNS 14h). */
function fileResourcesSchema(type: 'VQ' | 'VI') {
  const privateToPrimary = uint16.meta({ title: `${type}: private to the primary (${type}PRT)` });
  return z
    .discriminatedUnion('kind', [
      z
        .strictObject({
          kind: z.literal('flexible'),
          total: uint32.meta({ title: `${type}: total (${type}FRT)` }),
          /** At most this many for one secondary. */
          secondaryMaximum: uint16.meta({ title: `${type}: most for one secondary (${type}FRSM)` }),
          privateToPrimary,
          allocatedToPrimary: uint16
            .default(0)
            .meta({ title: `${type}: allocated to the primary (${type}RFAP)` }),
          /** Primary allocation that waits for the next reset other than a Controller Reset; null when none waits. */
          pendingAllocation: uint16.nullable().default(null).meta(notInForm),
          granularity: uint16
            .min(1)
            .default(1)
            .meta({ title: `${type}: granularity (${type}GRAN)` }),
        })
        .meta({ examples: [{ kind: 'flexible', total: 64, secondaryMaximum: 8, privateToPrimary: 9 }] }),
      z
        .strictObject({
          kind: z.literal('fixed'),
          privateToPrimary,
          /** Private resources of every secondary; it does not show in CNS 14h or 15h. */
          perSecondary: uint16.meta({ title: `${type}: for each secondary` }),
        })
        .meta({ examples: [{ kind: 'fixed', privateToPrimary: 9, perSecondary: 4 }] }),
    ])
    .meta({ title: `${type} resources` });
}
export type FileResources = z.infer<ReturnType<typeof fileResourcesSchema>>;

/** How a PCI function stands in its host's kernel. */
const functionState = {
  /** Null when unbound. */
  driver: z.enum(['nvme', 'vfio-pci']).nullable().optional().meta({ title: 'Driver' }),
  driverOverride: z.string().min(1).max(200).nullable().default(null).meta(notInForm),
  /** Only with driver `nvme`; the lowest free number is taken in the order of the file. */
  deviceInstance: z
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ title: 'Number of /dev/nvmeN', description: 'Empty: the lowest free one.' }),
  iommuGroup: z
    .number()
    .int()
    .min(0)
    .nullable()
    .optional()
    .meta({ title: 'IOMMU group', description: 'Empty: a group of its own.' }),
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
  vfn: uint16.min(1).meta({ title: 'VF' }),
  /** Only where it does not follow from `firstSecondaryCntlid`. */
  cntlid: controllerIdentifier.optional().meta(notInForm),
  /** Assigned flexible VQ and VI resources. */
  vq: uint16.default(0).meta({ title: 'VQ' }),
  vi: uint16.default(0).meta({ title: 'VI' }),
  online: z.boolean().default(false).meta({ title: 'Online' }),
  /** It waits for a function level reset, see `onlineNeedsReset`; absent: it does not. */
  resetPending: z.boolean().optional().meta(notInForm),
  /** Function Management (proposal): what its controlling function lets VFIO do with it. */
  migrationEnabled: z.boolean().default(true).meta(notInForm),
  visible: z.boolean().default(true).meta(notInForm),
  ...functionState,
  deviceInstance: functionState.deviceInstance.meta(notInForm),
  iommuGroup: functionState.iommuGroup.meta(notInForm),
  /** State of the VFIO device, when a virtual machine or a migration has it open. */
  vfio: fileVfioSchema.optional().meta(notInForm),
  live: liveStateSchema.optional().meta(notInForm),
  health: fileControllerHealthSchema.optional().meta(notInForm),
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
  nqn: z.string().min(1).max(1000),
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
  cntlid: controllerIdentifier.meta({ title: 'CNTLID' }),
  /** Name of the host that reaches it. */
  host: z.string().min(1).max(200).meta({ title: 'Host' }),
  // The bytes of a captured device are kept, and no form could make up those of another one.
  identify: fileIdentifySchema.meta({ form: 'kept-shape' }),
  /** PCI device ID, as `new_id` of a driver names it. */
  pciDeviceId: uint16.default(0x0010).meta({ title: 'PCI device ID', ...hexadecimalHint }),
  /** PCI subsystem ID and revision; the vendors are VID and SSVID of Identify Controller. */
  pciSubsystemId: uint16.default(0).meta(notInForm),
  pciRevision: uint8.default(0).meta(notInForm),
  /** Offset 0. */
  cap: hexadecimal64.default('0x4000300f0103ff').meta({ title: 'CAP register' }),
  ...functionState,
  // A physical function without a word of it has its driver, a virtual function has none.
  driver: functionState.driver.meta({ default: 'nvme' }),
  live: liveStateSchema.optional().meta(notInForm),
  health: fileControllerHealthSchema.optional().meta(notInForm),
};

const addressWords = { title: 'PCI address', description: 'As 0000:41:00.0, in lower case.' };

const filePrimarySchema = z.strictObject({
  role: z.literal('primary'),
  ...controllerCommon,
  address: pciAddress.meta(addressWords),
  sriov: z.strictObject({
    /** 0 for a device without SR-IOV, which needs `provisioned`. */
    totalVfs: z.number().int().min(0).max(0xffff).meta({ title: 'TotalVFs' }),
    numVfs: z.number().int().min(0).default(0).meta({ title: 'Enabled (NumVFs)' }),
    /** Profile `qemu-7.2`: a reset of the physical function dropped the enabled functions; writing numVfs makes them. */
    functionsDropped: z.boolean().default(false).meta(notInForm),
    driversAutoprobe: z.boolean().default(true).meta({ title: 'Drivers probe new functions' }),
    /** First VF Offset and VF Stride of the SR-IOV capability. */
    vfOffset: uint16.min(1).default(1).meta({ title: 'First VF offset' }),
    vfStride: uint16.min(1).default(1).meta({ title: 'VF stride' }),
  }),
  vq: fileResourcesSchema('VQ'),
  vi: fileResourcesSchema('VI'),
  /**
   * The twin of a captured drive: numbers and states are kept as they were recorded, whether or not they agree with each
   * other.
   */
  asRecorded: z.boolean().default(false).meta(notInForm),
  /** What its Secondary Controller List says of the primary controller itself; absent: it does not name it. */
  listsItself: z.strictObject({ vq: uint16, vi: uint16 }).optional().meta(notInForm),
  /** The other virtual functions follow. */
  firstSecondaryCntlid: controllerIdentifier
    .optional()
    .meta({ title: 'CNTLID of VF 1', description: "Empty: the one after the primary's own." }),
  secondaries: z
    .array(fileSecondarySchema)
    .default([])
    .meta({
      title: 'Secondary controllers',
      examples: [[{ vfn: 1, vq: 4, vi: 2, online: true, driver: null }]],
    }),
  virtualSubsystems: z.array(fileVirtualSubsystemSchema).default([]).meta(notInForm),
  /** Controller Data Queues and memory tracking of migrations under way. */
  tracking: fileTrackingSchema.optional().meta(notInForm),
  /** Profile `siov-like`: functions that the controlling function can provision. */
  provisioned: z
    .strictObject({
      /** At the same time. */
      maximum: z.number().int().min(1).max(4096).meta({ title: 'At most (MAXPF)' }),
      /** Their CNTLIDs are this one and those that follow. */
      firstCntlid: controllerIdentifier.meta({ title: 'First CNTLID (FPCID)' }),
      /** Handle of the next one. */
      nextHandle: uint16.min(0x8000).default(0x8000).meta(notInForm),
      functions: z.array(fileProvisionedFunctionSchema).default([]).meta(notInForm),
    })
    .optional()
    .meta({
      title: 'The controlling function can provision functions',
      examples: [{ maximum: 8, firstCntlid: 0x100 }],
    }),
});
export type FilePrimary = z.infer<typeof filePrimarySchema>;

/** A controller without SR-IOV, or a fabrics controller. */
const filePlainSchema = z.strictObject({
  role: z.literal('plain'),
  ...controllerCommon,
  transport: z.enum(['pcie', 'tcp', 'rdma', 'fc', 'loop']).default('pcie').meta({ title: 'Transport' }),
  /** Null for a fabrics controller. */
  address: pciAddress.nullable().meta(addressWords),
  queuePairs: uint16.min(2).default(65).meta({ title: 'Queue pairs, including the admin queue' }),
  interruptVectors: uint16.min(1).default(65).meta({ title: 'Interrupt vectors' }),
});

export const fileControllerSchema = z.discriminatedUnion('role', [filePrimarySchema, filePlainSchema]);
export type FileController = z.infer<typeof fileControllerSchema>;
