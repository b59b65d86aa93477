import { z } from 'zod';
import { base64Bytes, controllerIdentifier, hexadecimalDigits } from '../scalars.ts';

/** A namespace of an NVM subsystem. */
export const fileNamespaceSchema = z.strictObject({
  /** NSID, 1-FFFFFFFDh. */
  nsid: z.number().int().min(1).max(0xfffffffd),
  /** NSZE: size in logical blocks. */
  blocks: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  /** Bytes per logical block: a power of two, 512-65536. */
  blockSize: z.number().int().min(512).max(65_536).default(4096),
  /** Metadata bytes per logical block. */
  metadataSize: z.number().int().min(0).max(0xffff).default(0),
  /** NMIC bit 0: may be attached to several controllers. */
  shared: z.boolean().default(true),
  nguid: hexadecimalDigits(32),
  eui64: hexadecimalDigits(16),
  /** With dashes; empty when not set. */
  uuid: z
    .string()
    .regex(
      /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/,
      'Write it as 8-4-4-4-12 lower-case hexadecimal digits',
    )
    .default(''),
  /** CNTLIDs of the controllers that it is attached to. */
  attachedTo: z.array(controllerIdentifier).default([]),
  /** Profile `qemu-7.2`: a virtual function gets it attached when it is enabled. */
  attachedToNewFunctions: z.boolean().default(false),
  /** Raw Identify Namespace (CNS 00h), 4096 bytes, of a device that was captured; answered as it is. */
  identifyNamespace: base64Bytes.optional(),
  /** Raw Namespace Identification Descriptor list (CNS 03h), 4096 bytes. */
  identificationDescriptors: base64Bytes.optional(),
});
export type FileNamespace = z.infer<typeof fileNamespaceSchema>;
