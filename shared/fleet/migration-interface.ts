import { migrationInterfaces } from '../vfio/migration-interface.ts';
import type { MigrationInterface } from '../vfio/schema.ts';

/** Everything that a host can read of a controlling function that speaks of migration. */
export interface MigrationSigns {
  /** As a person knows the controlling function: `hv-a/nvme1`. */
  readonly title: string;
  /** OACS of Identify Controller; null when it could not be read. */
  readonly oacs: number | null;
  /** CNS 20h, Supported Controller State Formats, is answered. */
  readonly stateFormats: boolean;
  /** Nobody wrote down whether it is; left out: it was asked. */
  readonly stateFormatsNotRecorded?: boolean;
  /** Byte 3072 of Identify Controller is 1. */
  readonly vendorAnnouncement: boolean;
  /** The VFIO variant driver that the kernel has for the virtual functions; null without one. */
  readonly vfioDriver: string | null;
}

/** Which interface a controlling function's secondaries are migrated through, and where that is from. */
export interface FoundInterface {
  readonly interface: MigrationInterface | null;
  /** Evidence, or why there is none. */
  readonly reason: string;
}

/** OACS bit 11, Host Managed Live Migration Support (NVMe Base 2.1, 5.1.13). */
const liveMigrationBit = 11;

/**
 * Tells the interface by what the device and the kernel say, never by a model number. Byte 3072 counts only together with
 * the variant driver that knows its meaning: it is vendor specific, and another maker may put anything there.
 */
export function findMigrationInterface(signs: MigrationSigns): FoundInterface {
  const { title, oacs, vfioDriver } = signs;
  const driver = (key: MigrationInterface) => migrationInterfaces[key].driver;
  if (signs.stateFormats)
    return {
      interface: 'standard',
      reason: `${title} answers Supported Controller State Formats (CNS 20h), OACS bit ${liveMigrationBit} is ${bitWords(oacs)}.`,
    };
  if (signs.vendorAnnouncement && vfioDriver === driver('vendor-2022'))
    return {
      interface: 'vendor-2022',
      reason: `Byte 3072 of Identify Controller of ${title} is 1, and the kernel has ${vfioDriver} for its virtual functions.`,
    };
  if (vfioDriver === driver('self-contained'))
    return {
      interface: 'self-contained',
      reason: `The kernel has ${vfioDriver} for the virtual functions of ${title}: the state is in their own BAR.`,
    };
  return {
    interface: null,
    reason:
      oacs === null
        ? `${title} did not answer Identify Controller.`
        : `${title} has no Host Managed Live Migration (OACS bit ${liveMigrationBit} is ${bitWords(oacs)}, CNS 20h is ${signs.stateFormatsNotRecorded === true ? 'not recorded' : 'refused'}), and the kernel has no VFIO driver that can migrate it in another way.`,
  };
}

function bitWords(oacs: number | null): string {
  if (oacs === null) return 'unknown';
  return ((oacs >>> liveMigrationBit) & 1) === 1 ? '1' : '0';
}
