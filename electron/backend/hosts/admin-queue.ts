import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import type { Result } from '#shared/result.ts';
import type { Refusal } from './refusal.ts';

/**
 * The only way to a controller. A completion with an error status is an ordinary answer (`ok: true`);
 * `ok: false` means that no completion was had: `device-timeout`, `read-only`, `not-supported`, `not-found`.
 */
export interface AdminQueue {
  submit(command: AdminCommand): Promise<Result<AdminCompletion>>;
  /**
   * Why the controller refused a command that it has just answered so: to be asked at once, because it looks at the state
   * as it is. Null where it cannot tell, and where nobody can look into the controller, which is so with a real one. Never
   * absent, so that nothing between a controller and who asks it forgets to hand this on.
   */
  refusalOf(command: AdminCommand, completion: AdminCompletion): Refusal | null;
}
