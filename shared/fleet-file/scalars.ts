import { z } from 'zod';
import { largestControllerIdentifier } from '../nvme/controller-identifier.ts';
import { endsCleanly } from './base64.ts';
import { pciAddressPattern } from './host/pci-address.ts';

/** Numbers and texts that several parts of a fleet file share. */
export const uint8 = z.number().int().min(0).max(0xff);
export const uint16 = z.number().int().min(0).max(0xffff);
export const uint32 = z.number().int().min(0).max(0xffffffff);

/** An identifier that a controller can have, 0 to FFEFh. */
export const controllerIdentifier = z.number().int().min(0).max(largestControllerIdentifier);

/** `0000:41:00.0`. */
export const pciAddress = z.string().regex(pciAddressPattern, 'Write it as 0000:41:00.0, in lower case');

/** `0000:41:00.4`, or `0000:81:00.0/<uuid>` for a provisioned function, which has no PCI address of its own. */
export const functionAddress = z
  .string()
  .regex(
    /^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7](\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/,
    'Write it as 0000:41:00.4, or as 0000:81:00.0/UUID for a provisioned function, in lower case',
  );

/** A UUID in lower case with hyphens. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'Write a UUID in lower case with hyphens');

/** Raw bytes in base64. */
export const base64Bytes = z
  .base64()
  .refine(
    endsCleanly,
    'The last digit before the = has bits that are not part of a byte; encode the bytes again',
  );

/** A 64-bit number as `0x` and hexadecimal digits, because JSON numbers end at 2^53. */
export const hexadecimal64 = z
  .string()
  .regex(/^0x[0-9a-f]{1,16}$/, 'Write it as 0x followed by 1 to 16 hexadecimal digits');

/** Printable ASCII text of at most `length` characters, as SN, MN and FR are. */
export function asciiText(length: number) {
  return z
    .string()
    .max(length)
    .regex(/^[\x20-\x7e]*$/, 'Use printable ASCII characters only');
}

/** Exactly `digits` lower-case hexadecimal digits, or nothing when the identifier is not set. */
export function hexadecimalDigits(digits: number) {
  return z
    .string()
    .regex(
      new RegExp(`^([0-9a-f]{${digits}})?$`),
      `Use ${digits} lower-case hexadecimal digits, or leave it empty`,
    )
    .default('');
}
