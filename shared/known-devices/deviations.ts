import type { Deviations } from '../nvme/announcements/announcements.ts';
import { identifyStructures as structures } from '../nvme/commands/identify.ts';
import { adminOpcodes } from '../nvme/commands/table.ts';

/** Where devices do not do what their Identify Controller says: for the simulated device and for the inventory alike. */
export const deviations = {
  none: { unannounced: {}, missing: {} },
  /** As captures of QEMU 7.2 show it: OACS bit 7 is clear, bit 3 is set. */
  qemu: {
    unannounced: {
      adminCommands: [adminOpcodes.virtualizationManagement, adminOpcodes.namespaceAttachment],
      structures: [structures.primaryControllerCapabilities.value, structures.secondaryControllers.value],
    },
    missing: { adminCommands: [adminOpcodes.namespaceManagement] },
  },
  /** The Linux NVMe-oF target keeps no list of allocated namespaces. */
  linuxTarget: {
    unannounced: {},
    missing: { structures: [structures.allocatedNamespaces.value, structures.allocatedNamespace.value] },
  },
} as const satisfies Readonly<Record<string, Deviations>>;
