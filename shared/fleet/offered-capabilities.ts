import { z } from 'zod';

const uint16 = z.number().int().min(0).max(0xffff);

/** PCI identifiers that a VFIO driver can replace in the configuration space of a function (the class it cannot). */
export const pciIdentitySchema = z.object({
  vendorId: uint16,
  deviceId: uint16,
  subsystemVendorId: uint16,
  subsystemId: uint16,
  revision: z.number().int().min(0).max(0xff),
});
export type PciIdentity = z.infer<typeof pciIdentitySchema>;

/**
 * What a fresh secondary controller of a primary shows outside every virtual subsystem, as the primary itself says
 * (Get Offered Capabilities; Berth proposal, not in the ratified specification).
 */
export const offeredCapabilitiesSchema = z.object({
  /** Most I/O queue pairs and interrupt vectors of one secondary. */
  ioQueuePairs: uint16,
  interruptVectors: uint16,
  /** CAP property, hexadecimal with 0x. */
  cap: z.string().regex(/^0x[0-9a-f]{1,16}$/),
  /** Log page and feature identifiers, ascending. */
  logPages: z.array(z.number().int().min(0).max(0xff)),
  features: z.array(z.number().int().min(0).max(0xff)),
  /** LBA formats of a new namespace, by index; a data size exponent of 0 is no format. */
  lbaFormats: z
    .array(
      z.object({
        metadataSize: uint16,
        dataSizeExponent: z.number().int().min(0).max(0xff),
        relativePerformance: z.number().int().min(0).max(0xff),
      }),
    )
    .max(64),
  pci: pciIdentitySchema.extend({ classCode: z.number().int().min(0).max(0xffffff) }),
});
export type OfferedCapabilities = z.infer<typeof offeredCapabilitiesSchema>;
