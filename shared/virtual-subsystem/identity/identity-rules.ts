import type { PciIdentity } from '../../fleet/offered-capabilities.ts';
import type { VirtualIdentity } from '../../fleet/schema.ts';

/** Lengths of SN, MN and FR in Identify Controller, bytes (NVMe Base 2.1, 5.1.13.2.1). */
const textFields = [
  { key: 'serialNumber', title: 'serial number', length: 20 },
  { key: 'modelNumber', title: 'model', length: 40 },
  { key: 'firmwareRevision', title: 'firmware revision', length: 8 },
] as const;

/** Why a virtual subsystem cannot show this identity, each with its fix; empty when it can. */
export function identityBlockers(identity: VirtualIdentity): string[] {
  const texts = textFields.flatMap(({ key, title, length }) => {
    const text = identity[key];
    if (text.length > length)
      return [`The virtual ${title} has ${text.length} characters; at most ${length} fit.`];
    return /^[\x20-\x7e]*$/.test(text)
      ? []
      : [`The virtual ${title} holds a character that is not printable ASCII. Remove it.`];
  });
  return [...texts, ...pciBlockers(identity.pci)];
}

/**
 * Why these PCI identifiers cannot be shown, with the fix; empty when they can. A vendor of FFFFh says that there is no
 * function, 0000h was never given to anybody (PCI Express Base, 7.5.1.1.1).
 */
export function pciBlockers(pci: PciIdentity | undefined): string[] {
  if (pci === undefined) return [];
  const reasons: string[] = [];
  if (pci.vendorId === 0 || pci.vendorId === 0xffff)
    reasons.push(
      `The virtual PCI vendor ${pci.vendorId.toString(16).padStart(4, '0')}h means that no function exists. Give a vendor from 0001h to FFFEh, or leave all PCI identifiers empty.`,
    );
  if (pci.subsystemVendorId === 0xffff)
    reasons.push(
      'The virtual PCI subsystem vendor FFFFh is not a vendor. Give one from 0000h (none) to FFFEh.',
    );
  return reasons;
}
