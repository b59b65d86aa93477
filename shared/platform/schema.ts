// Apart from the table of levels, so that the page can show it without loading the schemas.
import { z } from 'zod';

/** What a hypervisor's kernel and QEMU bring to a migration of VFIO devices, one name for each. */
export const platformFeatureSchema = z.enum([
  'kernelMigrationV2',
  'kernelP2p',
  'kernelPreCopy',
  'kernelDataSize',
  'kernelDmaLogging',
  'kernelIommufd',
  'kernelIommuDirtyTracking',
  'qemuMigration',
  'qemuPreCopy',
  'qemuSwitchoverAck',
  'qemuP2p',
  'qemuDeviceDirtyTracking',
  'qemuIommuDirtyTracking',
  'qemuMultifd',
]);
export type PlatformFeature = z.infer<typeof platformFeatureSchema>;
