import { fieldsOf } from '../../layout.ts';

/** Bytes of the configuration space that every PCI function has, before the extended one. */
export const pciConfigurationLength = 256;
const header = 'PCI Express Base, 7.5.1 (type 0 header)';
/** Where the simulated functions have their capabilities. */
export const msixCapability = 0x40;
export const pcieCapability = 0x60;

/** Configuration space of an NVMe function as its guest reads it through VFIO. */
export const pciConfigurationFields = [
  ...fieldsOf(header, [
    ['vid', 0x00, 2, 'unsigned', 'Vendor ID'],
    ['did', 0x02, 2, 'unsigned', 'Device ID'],
    ['cmd', 0x04, 2, 'unsigned', 'Command'],
    ['sts', 0x06, 2, 'unsigned', 'Status'],
    ['rid', 0x08, 1, 'unsigned', 'Revision ID'],
    ['cc', 0x09, 3, 'unsigned', 'Class Code'],
    ['cls', 0x0c, 1, 'unsigned', 'Cache Line Size'],
    ['mlt', 0x0d, 1, 'unsigned', 'Latency Timer'],
    ['htype', 0x0e, 1, 'unsigned', 'Header Type'],
    ['bist', 0x0f, 1, 'unsigned', 'Built-in Self Test'],
    ['bars', 0x10, 24, 'bytes', 'Base Address Registers'],
    ['ccptr', 0x28, 4, 'unsigned', 'CardBus CIS Pointer'],
    ['ssvid', 0x2c, 2, 'unsigned', 'Subsystem Vendor ID'],
    ['ssid', 0x2e, 2, 'unsigned', 'Subsystem ID'],
    ['erom', 0x30, 4, 'unsigned', 'Expansion ROM Base Address'],
    ['cap', 0x34, 1, 'unsigned', 'Capabilities Pointer'],
    ['intr', 0x3c, 2, 'unsigned', 'Interrupt Line and Pin'],
    ['mgnt', 0x3e, 2, 'unsigned', 'Minimum Grant and Maximum Latency'],
  ]),
  ...fieldsOf('PCI Express Base, 7.7.2 (MSI-X)', [
    ['mxid', msixCapability, 2, 'unsigned', 'MSI-X Capability ID and next'],
    ['mxc', msixCapability + 2, 2, 'unsigned', 'MSI-X Message Control'],
    ['mtab', msixCapability + 4, 4, 'unsigned', 'MSI-X Table Offset and BIR'],
    ['mpba', msixCapability + 8, 4, 'unsigned', 'MSI-X Pending Bit Array Offset and BIR'],
  ]),
  ...fieldsOf('PCI Express Base, 7.5.3 (PCI Express)', [
    ['pxid', pcieCapability, 2, 'unsigned', 'PCI Express Capability ID and next'],
    ['pxcap', pcieCapability + 2, 2, 'unsigned', 'PCI Express Capabilities'],
    ['pxdcap', pcieCapability + 4, 4, 'unsigned', 'Device Capabilities'],
    ['pxdc', pcieCapability + 8, 2, 'unsigned', 'Device Control'],
    ['pxds', pcieCapability + 10, 2, 'unsigned', 'Device Status'],
    ['pxlcap', pcieCapability + 12, 4, 'unsigned', 'Link Capabilities'],
    ['pxlc', pcieCapability + 16, 2, 'unsigned', 'Link Control'],
    ['pxls', pcieCapability + 18, 2, 'unsigned', 'Link Status'],
  ]),
] as const;
