/**
 * The vendor part of Identify Controller (from byte 3072) of a device of the December 2022 series: byte 3072 is 1 where
 * the controlling function has the migration commands C4h, C8h, CCh, D2h and D5h. The announcement of the proposed virtual
 * subsystem commands begins with the letter B in the same byte, so that no device can announce both.
 */
export const vendorMigrationAnnouncement = 1;

/** Whether these vendor bytes announce the commands. Alone it proves nothing: any maker may use the byte for itself. */
export function announcesVendorMigration(vendor: Uint8Array): boolean {
  return vendor[0] === vendorMigrationAnnouncement;
}
