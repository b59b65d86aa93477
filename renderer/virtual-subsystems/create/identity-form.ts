import type { PciIdentity } from '#shared/fleet/offered-capabilities.ts';
import type { VirtualIdentity } from '#shared/fleet/schema.ts';
import { pciWords } from '#shared/virtual-subsystem/identity/identity-wire.ts';

/** A virtual identity as typed; text, so that a half-written number is not lost. Empty shows the hardware's. */
export interface IdentityForm {
  readonly serialNumber: string;
  readonly modelNumber: string;
  readonly firmwareRevision: string;
  /** Six hexadecimal digits. */
  readonly ieee: string;
  /** A UUID. */
  readonly fguid: string;
  /** `1de5:0010 1de5:0000 00`: vendor and device, subsystem vendor and subsystem, revision. */
  readonly pci: string;
}

/** What stands in the fields for an identity. */
export function identityForm(identity: VirtualIdentity | undefined): IdentityForm {
  return {
    serialNumber: identity?.serialNumber ?? '',
    modelNumber: identity?.modelNumber ?? '',
    firmwareRevision: identity?.firmwareRevision ?? '',
    ieee: identity?.ieee === undefined ? '' : identity.ieee.toString(16).padStart(6, '0'),
    fguid: identity?.fguid ?? '',
    pci: identity?.pci === undefined ? '' : pciWords(identity.pci).replace('rev ', ''),
  };
}

/** The identity as typed; null while the OUI, the FGUID or the PCI identifiers are neither empty nor whole. */
export function identityFromForm(form: IdentityForm): VirtualIdentity | null {
  // `ac-de-48` is how vendors print it.
  const ieee = form.ieee.trim().replaceAll('-', '');
  const fguid = form.fguid.trim().toLowerCase();
  if (ieee !== '' && !/^[0-9a-f]{6}$/i.test(ieee)) return null;
  if (fguid !== '' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(fguid)) return null;
  const pci = form.pci.trim() === '' ? undefined : pciOf(form.pci);
  if (pci === null) return null;
  return {
    ...textsOf(form),
    ...(ieee === '' ? {} : { ieee: Number.parseInt(ieee, 16) }),
    ...(fguid === '' ? {} : { fguid }),
    ...(pci === undefined ? {} : { pci }),
  };
}

/** PCI identifiers as lspci writes them, with or without `rev`; null when they are not whole. */
function pciOf(text: string): PciIdentity | null {
  const parts =
    /^([0-9a-f]{4}):([0-9a-f]{4})\s+([0-9a-f]{4}):([0-9a-f]{4})\s+(?:rev\s*)?([0-9a-f]{1,2})$/i.exec(
      text.trim(),
    );
  if (parts === null) return null;
  const [vendorId = 0, deviceId = 0, subsystemVendorId = 0, subsystemId = 0, revision = 0] = parts
    .slice(1)
    .map((digits) => Number.parseInt(digits, 16));
  return { vendorId, deviceId, subsystemVendorId, subsystemId, revision };
}

/** The texts alone, for while the numbers are half typed. */
export function textsOf({ serialNumber, modelNumber, firmwareRevision }: IdentityForm): VirtualIdentity {
  return {
    serialNumber: serialNumber.trim(),
    modelNumber: modelNumber.trim(),
    firmwareRevision: firmwareRevision.trim(),
  };
}

/** Why `identityOf` is null, for a control that waits for it. */
export const identityNotWhole = 'The IEEE OUI, the FGUID or the PCI identifiers are incomplete.';
