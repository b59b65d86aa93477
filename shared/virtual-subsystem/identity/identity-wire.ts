import type { PciIdentity } from '../../fleet/offered-capabilities.ts';
import type { VirtualIdentity } from '../../fleet/schema.ts';
import {
  blankVirtualSubsystemIdentity,
  virtualIdentityOverrides as overrides,
  type VirtualSubsystemIdentity,
} from '../../nvme/layouts/proposal/virtual-subsystem-identity.ts';

/** The identity as Create and Set Identity send it; an override bit for every field that has a value. */
export function identityToWire(nqn: string, identity: VirtualIdentity): VirtualSubsystemIdentity {
  const { serialNumber, modelNumber, firmwareRevision, ieee, fguid, pci } = identity;
  const blank = blankVirtualSubsystemIdentity();
  return {
    ...blank,
    vnqn: nqn,
    sn: serialNumber.padEnd(20),
    mn: modelNumber.padEnd(40),
    fr: firmwareRevision.padEnd(8),
    ieee: ieee ?? 0,
    fguid: fguid ?? blank.fguid,
    pvid: pci?.vendorId ?? 0,
    pdid: pci?.deviceId ?? 0,
    pssvid: pci?.subsystemVendorId ?? 0,
    pssid: pci?.subsystemId ?? 0,
    prid: pci?.revision ?? 0,
    ovr:
      (serialNumber === '' ? 0 : overrides.sn) |
      (modelNumber === '' ? 0 : overrides.mn) |
      (firmwareRevision === '' ? 0 : overrides.fr) |
      (ieee === undefined ? 0 : overrides.ieee) |
      (fguid === undefined ? 0 : overrides.fguid) |
      (pci === undefined ? 0 : overrides.pci),
  };
}

/** The identity as the device reports it; what its override bit does not switch on stays empty. */
export function identityFromWire(read: VirtualSubsystemIdentity): VirtualIdentity {
  const has = (bit: number) => (read.ovr & bit) !== 0;
  // Devices pad texts with blanks, some with NUL.
  const text = (bit: number, value: string) => (has(bit) ? value.replace(/[\0 ]+$/, '') : '');
  return {
    serialNumber: text(overrides.sn, read.sn),
    modelNumber: text(overrides.mn, read.mn),
    firmwareRevision: text(overrides.fr, read.fr),
    ...(has(overrides.ieee) ? { ieee: read.ieee } : {}),
    ...(has(overrides.fguid) ? { fguid: read.fguid } : {}),
    ...(has(overrides.pci)
      ? {
          pci: {
            vendorId: read.pvid,
            deviceId: read.pdid,
            subsystemVendorId: read.pssvid,
            subsystemId: read.pssid,
            revision: read.prid,
          },
        }
      : {}),
  };
}

/** Whether two identities show a guest the same; blanks behind a text do not count. */
export function sameIdentity(left: VirtualIdentity, right: VirtualIdentity): boolean {
  const facts = ({ serialNumber, modelNumber, firmwareRevision, ieee, fguid, pci }: VirtualIdentity) =>
    JSON.stringify([
      ...[serialNumber, modelNumber, firmwareRevision].map((text) => text.trim()),
      ieee ?? null,
      fguid ?? null,
      pci === undefined ? null : pciWords(pci),
    ]);
  return facts(left) === facts(right);
}

/** `1de5:0010 1de5:0000 rev 00`, as lspci writes them: vendor, device, subsystem vendor, subsystem, revision. */
export function pciWords(pci: PciIdentity): string {
  const digits = (value: number) => value.toString(16).padStart(4, '0');
  const revision = pci.revision.toString(16).padStart(2, '0');
  return `${digits(pci.vendorId)}:${digits(pci.deviceId)} ${digits(pci.subsystemVendorId)}:${digits(pci.subsystemId)} rev ${revision}`;
}
