import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { PlannedFault } from '#shared/simulation/faults.ts';
import type { Clock } from '../../../ports.ts';
import type { AdminQueue } from '../../admin-queue.ts';
import type { Execution, SimulatedController } from '../controller/controller.ts';

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
  /** Called when a command meets a fault, before its effect. */
  readonly onFault?: (fault: PlannedFault, command: AdminCommand) => void;
}

/** The admin queue of a simulated controller: hands commands over, and waits where no completion comes. */
export function createControllerQueue(options: ControllerQueueOptions): AdminQueue {
  const { controller, name, clock } = options;
  const aborted = (): Result<AdminCompletion> =>
    fail('aborted', `The command to ${name} was given up`, {
      object: name,
      fix: 'Send it again when the controller answers',
    });
  // False when waiting was given up.
  const wait = async (milliseconds: number, what: string): Promise<boolean> => {
    const givenUp = new AbortController();
    const passed = clock.sleep(milliseconds, { signal: givenUp.signal, what }).then(() => true);
    const isPast = await Promise.race([passed, options.cancelled().then(() => false)]);
    givenUp.abort();
    return isPast;
  };
  const noCompletion = async (reason: string): Promise<Result<AdminCompletion>> => {
    if (!(await wait(options.timeoutMilliseconds, `timeout of a command to ${name}`))) return aborted();
    options.onTimeout();
    return fail(
      'device-timeout',
      `${name} did not complete the command within ${options.timeoutMilliseconds / 1000} s: ${reason}`,
      {
        object: name,
        field: 'completion',
        fix: 'Bring the controller online (virt-mgmt action 9) or resume it, then try again',
      },
    );
  };
  return {
    async submit(command: AdminCommand): Promise<Result<AdminCompletion>> {
      const met = controller.subsystem.faults.meet(controller.cntlid, command);
      if (met) options.onFault?.(met, command);
      const fault = met?.effect;
      if (fault?.kind === 'status') return succeed(refusedWith(fault.status));
      const isLate = fault?.kind === 'delay' && fault.milliseconds >= options.timeoutMilliseconds;
      if (fault?.kind === 'delay' && !isLate) {
        const passed = await wait(fault.milliseconds, `command to ${name} that a fault delays`);
        if (!passed) return aborted();
      }
      const execution: Execution =
        fault?.kind === 'silence'
          ? { kind: 'silent', reason: 'a fault keeps the controller silent' }
          : controller.execute(command);
      // Executed, but its completion comes when nobody waits for it any more.
      if (isLate) return noCompletion('a fault delays the completion');
      switch (execution.kind) {
        case 'completed':
          return succeed(
            fault?.kind === 'wrong-length'
              ? withLength(execution.completion, fault.bytes)
              : execution.completion,
          );
        case 'waiting':
          return new Promise((resolve) => {
            controller.eventListeners.push((completion) =>
              resolve(completion === undefined ? aborted() : succeed(completion)),
            );
          });
        case 'silent':
          return noCompletion(execution.reason);
      }
    },
  };
}

/** A completion with a status of 15 bits, for a command that was not executed. */
function refusedWith(status: number): AdminCompletion {
  return { sct: (status >>> 8) & 7, sc: status & 0xff, dnr: (status & 0x4000) !== 0, dw0: 0 };
}

function withLength(completion: AdminCompletion, bytes: number): AdminCompletion {
  if (!completion.data) return completion;
  const data = new Uint8Array(bytes);
  data.set(completion.data.subarray(0, bytes));
  return { ...completion, data };
}
