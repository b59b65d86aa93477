import type { VirtualIdentity } from '../../fleet/schema.ts';
import { managementBits } from '../../nvme/announcements/announcements.ts';
import { writeAscii, writeHexadecimal, writeNqn, writeUnsigned } from '../../nvme/byte-view.ts';
import { identifyControllerFields } from '../../nvme/layouts/identify/identify-controller-fields.ts';
import type { ExposedCapability } from '../mask/exposed-capability.ts';
import { narrow } from '../mask/narrow.ts';

/** What a member of a virtual subsystem shows: names, identifier and narrowed capabilities. */
export interface GuestIdentity {
  readonly nqn: string;
  readonly virtualControllerId: number;
  readonly identity: VirtualIdentity;
  readonly exposed: readonly ExposedCapability[];
}

/**
 * Identify Controller (4,096 bytes) of a member of a virtual subsystem, from what the secondary controller would answer
 * by itself. The same as the device does with the vendor-specific commands, so that a prediction is exact.
 */
export function showAsGuest(hardware: Uint8Array, guest: GuestIdentity): Uint8Array {
  const bytes = hardware.slice();
  const { serialNumber, modelNumber, firmwareRevision, ieee, fguid, pci } = guest.identity;
  writeNqn(bytes, range('subnqn'), guest.nqn);
  writeUnsigned(bytes, range('cntlid'), guest.virtualControllerId);
  if (serialNumber !== '') writeAscii(bytes, range('sn'), serialNumber);
  if (modelNumber !== '') writeAscii(bytes, range('mn'), modelNumber);
  if (firmwareRevision !== '') writeAscii(bytes, range('fr'), firmwareRevision);
  if (ieee !== undefined) writeUnsigned(bytes, range('ieee'), ieee);
  if (fguid !== undefined) writeHexadecimal(bytes, range('fguid'), fguid);
  if (pci !== undefined) {
    writeUnsigned(bytes, range('vid'), pci.vendorId);
    writeUnsigned(bytes, range('ssvid'), pci.subsystemVendorId);
  }
  return narrow(bytes, guest.exposed);
}

const virtualFunctionBit = 4;
const vendorPart = { start: 3072, end: 4096 } as const;
/** Limits of migration tracking, CMMRTD to MCDQPC: only a controller that manages migrations has them. */
const trackingLimits = { start: 570, end: 588 } as const;

/**
 * What a secondary controller of this primary most likely answers, from the primary's own Identify Controller: no
 * management commands and their limits, no Sanitize (it works on the whole NVM subsystem), CMIC says virtual function, no vendor part. Used where no secondary can be asked.
 */
export function likelySecondary(primary: Uint8Array): Uint8Array {
  const bytes = primary.slice();
  const oacs = range('oacs').offset;
  const value = ((bytes[oacs] ?? 0) | ((bytes[oacs + 1] ?? 0) << 8)) & ~managementBits;
  bytes[oacs] = value & 0xff;
  bytes[oacs + 1] = value >> 8;
  const cmic = range('cmic').offset;
  bytes[cmic] = (bytes[cmic] ?? 0) | virtualFunctionBit;
  bytes.fill(0, trackingLimits.start, trackingLimits.end);
  const sanitize = range('sanicap');
  bytes.fill(0, sanitize.offset, sanitize.offset + sanitize.size);
  bytes.fill(0, vendorPart.start, vendorPart.end);
  return bytes;
}

function range(key: string) {
  const field = identifyControllerFields.find((candidate) => candidate.key === key);
  if (field === undefined) throw new Error(`Identify Controller has no field ${key}`);
  return {
    structure: 'Identify Controller',
    field: field.mnemonic,
    offset: field.offset,
    size: field.size,
  };
}
