import { z } from 'zod';
import { notInForm } from '../form-hints.ts';
import { base64Bytes, controllerIdentifier, hexadecimalDigits } from '../scalars.ts';
import { fileNamespaceContentsSchema } from './contents-schema.ts';

/** A namespace of an NVM subsystem. */
export const fileNamespaceSchema = z.strictObject({
  /** NSID, 1-FFFFFFFDh. */
  nsid: z.number().int().min(1).max(0xfffffffd).meta({ title: 'NSID' }),
  blocks: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).meta({ title: 'Size in blocks (NSZE)' }),
  /** Bytes per logical block: a power of two, 512-65536. */
  blockSize: z.number().int().min(512).max(65_536).default(4096).meta({ title: 'Bytes per block' }),
  metadataSize: z.number().int().min(0).max(0xffff).default(0).meta({ title: 'Metadata bytes per block' }),
  /** NMIC bit 0. */
  shared: z.boolean().default(true).meta({ title: 'Shared: may be attached to several controllers' }),
  /** NMIC bit 1. */
  dispersed: z.boolean().optional().meta({
    title: 'Dispersed: other NVM subsystems have it too',
    description: 'Namespaces with the same identifiers in other NVM subsystems are the same storage.',
  }),
  nguid: hexadecimalDigits(32).meta({ title: 'NGUID', description: '32 hexadecimal digits, or empty.' }),
  eui64: hexadecimalDigits(16).meta({ title: 'EUI-64', description: '16 hexadecimal digits, or empty.' }),
  /** With dashes; empty when not set. */
  uuid: z
    .string()
    .regex(
      /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/,
      'Write it as 8-4-4-4-12 lower-case hexadecimal digits',
    )
    .default('')
    .meta({ title: 'UUID' }),
  attachedTo: z.array(controllerIdentifier).default([]).meta({
    title: 'Attached to CNTLIDs',
    description: 'CNTLIDs of this NVM subsystem, separated by commas.',
  }),
  /** Profile `qemu-7.2`: a virtual function gets it attached when it is enabled. */
  attachedToNewFunctions: z.boolean().default(false).meta(notInForm),
  /** Raw Identify Namespace (CNS 00h), 4096 bytes, of a device that was captured; answered as it is. */
  identifyNamespace: base64Bytes.optional().meta(notInForm),
  /** Raw Namespace Identification Descriptor list (CNS 03h), 4096 bytes. */
  identificationDescriptors: base64Bytes.optional().meta(notInForm),
  contents: fileNamespaceContentsSchema.optional().meta(notInForm),
});
export type FileNamespace = z.infer<typeof fileNamespaceSchema>;
