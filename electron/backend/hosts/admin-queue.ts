import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import type { Result } from '#shared/result.ts';

/**
 * The only way to a controller. A completion with an error status is an ordinary answer (`ok: true`);
 * `ok: false` means that no completion was had: `device-timeout`, `read-only`, `not-supported`, `not-found`.
 */
export interface AdminQueue {
  submit(command: AdminCommand): Promise<Result<AdminCompletion>>;
}
