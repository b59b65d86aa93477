import { z } from 'zod';
import { base64Bytes, uint16, uint32 } from '../scalars.ts';

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What a controller has counted over its life. */
export const fileControllerHealthSchema = z.strictObject({
  errorCount: count.default(0),
  /** Entries of the Error Information log page, newest first, 64 bytes each. */
  errors: base64Bytes.default(''),
  readCommands: count.default(0),
  writeCommands: count.default(0),
  /** Bytes of user data. */
  bytesRead: count.default(0),
  bytesWritten: count.default(0),
});
export type FileControllerHealth = z.infer<typeof fileControllerHealthSchema>;

/** What the drive as a whole has counted and measures. Without it the drive is new and at 50 °C. */
export const fileDriveHealthSchema = z.strictObject({
  /** Composite temperature. */
  kelvin: uint16.default(323),
  powerCycles: count.default(0),
  unsafeShutdowns: count.default(0),
  /** Time at or above the warning temperature but below the critical one, and at or above that. */
  warningMilliseconds: z.number().min(0).default(0),
  criticalMilliseconds: z.number().min(0).default(0),
  /** Time for which the drive has been on. */
  poweredMicroseconds: count.default(0),
});
export type FileDriveHealth = z.infer<typeof fileDriveHealthSchema>;

/** The most recent sanitize operation. */
export const fileSanitizeSchema = z.strictObject({
  kind: z.enum(['blockErase', 'overwrite', 'cryptoErase']),
  /** Overwrite passes; 1 for the other kinds. */
  passes: z.number().int().min(1).max(16),
  /** CDW10 of the command that started it. */
  cdw10: uint32,
  /** Microseconds since it was started. */
  elapsedMicroseconds: count,
  completed: z.boolean(),
  /** User data that hosts had written when it completed, in bytes. */
  writtenBefore: count.default(0),
});
export type FileSanitize = z.infer<typeof fileSanitizeSchema>;
