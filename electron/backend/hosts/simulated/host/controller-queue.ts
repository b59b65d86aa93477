import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { Clock } from '../../../ports.ts';
import type { AdminQueue } from '../../admin-queue.ts';
import type { SimulatedController } from '../controller/controller.ts';

export interface ControllerQueueOptions {
  readonly controller: SimulatedController;
  /** As the person knows the controller: `hv-a nvme1`. */
  readonly name: string;
  readonly clock: Clock;
  /** How long the driver waits for a completion. */
  readonly timeoutMilliseconds: number;
  /** What the driver does when a command timed out. */
  readonly onTimeout: () => void;
  /** Resolves when waiting commands are to be given up. */
  readonly cancelled: () => Promise<void>;
}

/** The admin queue of a simulated controller: hands commands over, and waits where no completion comes. */
export function createControllerQueue(options: ControllerQueueOptions): AdminQueue {
  const { controller, name, clock } = options;
  const aborted = (): Result<AdminCompletion> =>
    fail('aborted', `The command to ${name} was given up`, {
      object: name,
      fix: 'Send it again when the controller answers',
    });
  return {
    async submit(command: AdminCommand): Promise<Result<AdminCompletion>> {
      const execution = controller.execute(command);
      switch (execution.kind) {
        case 'completed':
          return succeed(execution.completion);
        case 'waiting':
          return new Promise((resolve) => {
            controller.eventListeners.push((completion) =>
              resolve(completion === undefined ? aborted() : succeed(completion)),
            );
          });
        case 'silent': {
          const timedOut = clock.sleep(options.timeoutMilliseconds).then(() => true);
          if (!(await Promise.race([timedOut, options.cancelled().then(() => false)]))) return aborted();
          options.onTimeout();
          return fail(
            'device-timeout',
            `${name} did not complete the command within ${options.timeoutMilliseconds / 1000} s: ${execution.reason}`,
            {
              object: name,
              field: 'completion',
              fix: 'Bring the controller online (virt-mgmt action 9) or resume it, then try again',
            },
          );
        }
      }
    },
  };
}
