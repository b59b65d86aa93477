import {
  msixCapability,
  pciConfigurationLength,
  pcieCapability,
} from '#shared/nvme/layouts/registers/pci-configuration.ts';
import { identityFromWire } from '#shared/virtual-subsystem/identity/identity-wire.ts';
import type { SimulatedController } from '../state/controller.ts';
import { shownResources } from './exposed-answers.ts';
import { virtualIdentityOf } from './virtual-identity.ts';

/** NVMe I/O controller: mass storage, non-volatile memory, NVMe (PCI Code and ID Assignment). */
export const nvmeClassCode = 0x010802;
const capabilityList = 0x10;
const msix = { id: 0x11, table: 0x2000, pendingBits: 0x3000 } as const;
/** Endpoint, version 2; 512-byte payloads, error reporting by role, function level reset; 4 lanes of 16 GT/s. */
const express = { id: 0x10, capabilities: 0x0002, device: 0x1000_8002, link: 0x44 } as const;
const barIs64Bit = 4;

/**
 * Configuration space (256 bytes) as the guest of a function reads it through VFIO: identifiers that the virtual
 * identity replaces, addresses not yet assigned. A virtual function has no identifiers of its own on the bus; the
 * kernel shows those of its physical function.
 */
export function configurationSpace(controller: SimulatedController): Uint8Array {
  const bytes = new Uint8Array(pciConfigurationLength);
  const view = new DataView(bytes.buffer);
  const template = new DataView(controller.identifyTemplate.buffer, controller.identifyTemplate.byteOffset);
  const virtual = virtualIdentityOf(controller)?.virtualSubsystem.identity;
  const pci = virtual === undefined ? undefined : identityFromWire(virtual).pci;
  view.setUint16(0x00, pci?.vendorId ?? template.getUint16(0, true), true);
  view.setUint16(0x02, pci?.deviceId ?? controller.pci.deviceId, true);
  view.setUint16(0x06, capabilityList, true);
  bytes[0x08] = pci?.revision ?? controller.pci.revision;
  bytes[0x09] = nvmeClassCode & 0xff;
  bytes[0x0a] = (nvmeClassCode >> 8) & 0xff;
  bytes[0x0b] = nvmeClassCode >> 16;
  view.setUint32(0x10, barIs64Bit, true);
  view.setUint16(0x2c, pci?.subsystemVendorId ?? template.getUint16(2, true), true);
  view.setUint16(0x2e, pci?.subsystemId ?? controller.pci.subsystemId, true);
  bytes[0x34] = msixCapability;
  view.setUint16(msixCapability, msix.id | (pcieCapability << 8), true);
  view.setUint16(
    msixCapability + 2,
    Math.max(0, shownResources(controller).interruptVectors - 1) & 0x7ff,
    true,
  );
  view.setUint32(msixCapability + 4, msix.table, true);
  view.setUint32(msixCapability + 8, msix.pendingBits, true);
  view.setUint16(pcieCapability, express.id, true);
  view.setUint16(pcieCapability + 2, express.capabilities, true);
  view.setUint32(pcieCapability + 4, express.device, true);
  view.setUint32(pcieCapability + 12, express.link, true);
  view.setUint16(pcieCapability + 18, express.link, true);
  return bytes;
}
