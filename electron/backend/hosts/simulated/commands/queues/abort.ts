import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { abort as definition } from '#shared/nvme/commands/abort.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { abortEventRequest } from '../../controller/asynchronous-events.ts';
import type { SimulatedController } from '../../state/controller.ts';

const limitOffset = 258;
const adminQueue = 0;

/**
 * Abort (NVMe Base 2.1, 5.1.1). Everything but an Asynchronous Event Request completes at once here, so only those can
 * still be aborted; naming anything else is not an error, dword 0 says that nothing was aborted.
 */
export function abort(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const { sqid, cid } = definition.decode(command);
  const aborted = sqid === adminQueue && abortEventRequest(controller, cid);
  return completionOf('success', { dw0: definition.result.encode({ ianp: !aborted }) });
}

/** ACL of Identify Controller: Abort commands that may be outstanding. */
export function abortLimit(controller: SimulatedController): number {
  return (controller.identifyTemplate[limitOffset] ?? 0) + 1;
}
