import type { ErrorInformation } from '#shared/nvme/layouts/error-information.ts';

/**
 * What a controller counts over its life, for its SMART / Health and Error Information log pages. Resets keep it, except
 * for the error entries, which a Controller Level Reset removes. It is not part of a fleet file.
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
}
