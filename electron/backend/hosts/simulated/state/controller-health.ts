import { decodeBase64, encodeBase64 } from '#shared/fleet-file/base64.ts';
import type { FileControllerHealth } from '#shared/fleet-file/controller/health-schema.ts';
import {
  decodeErrorInformation,
  type ErrorInformation,
  encodeErrorInformation,
} from '#shared/nvme/layouts/logs/error-information.ts';

/**
 * What a controller counts over its life, for its SMART / Health and Error Information log pages. Resets keep it, except
 * for the error entries, which a Controller Level Reset removes. Virtual functions that move take it along.
 */
export class ControllerHealth {
  /** Error Count of the newest entry: how many there were so far. */
  errorCount = 0;
  /** Newest first, at most ELPE + 1. */
  errors: ErrorInformation[] = [];
  readCommands = 0;
  writeCommands = 0;
  /** Bytes of user data. */
  bytesRead = 0;
  bytesWritten = 0;

  /** As a fleet file writes it; undefined while nothing was counted. */
  toFile(): FileControllerHealth | undefined {
    const { errorCount, readCommands, writeCommands, bytesRead, bytesWritten } = this;
    if (errorCount + readCommands + writeCommands === 0) return undefined;
    const errors = this.errors.flatMap((entry) => {
      const bytes = encodeErrorInformation(entry);
      return bytes.ok ? [...bytes.value] : [];
    });
    return {
      errorCount,
      errors: encodeBase64(Uint8Array.from(errors)),
      readCommands,
      writeCommands,
      bytesRead,
      bytesWritten,
    };
  }

  /** Continues what a fleet file says. */
  restore({ errors, ...counted }: FileControllerHealth): void {
    Object.assign(this, counted);
    const entries = decodeErrorInformation(decodeBase64(errors));
    this.errors = entries.ok ? [...entries.value] : [];
  }
}
