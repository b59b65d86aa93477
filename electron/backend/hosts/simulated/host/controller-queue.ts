import { type AdminCommand, type AdminCompletion, isSuccess, statusOfValue } from '#shared/nvme/command.ts';
import { adminOpcodes, changesController, opcodeName } from '#shared/nvme/commands/table.ts';
import { completionOf, statusCodes } from '#shared/nvme/status.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { PlannedFault } from '#shared/simulation/faults.ts';
import type { Clock } from '../../../ports.ts';
import type { AdminQueue } from '../../admin-queue.ts';
import { execute } from '../commands/execute.ts';
import { noteError } from '../commands/log-pages/error-log.ts';
import { abortLimit } from '../commands/queues/abort.ts';
import { abortEventRequest, internalError } from '../controller/asynchronous-events.ts';
import type { Execution, SimulatedController } from '../state/controller.ts';
import type { TakeTurn } from './take-turn.ts';

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
  readonly turn: TakeTurn;
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
  // Whatever comes first; the wait then holds nothing up any more.
  const firstOf = async <Heard>(
    milliseconds: number,
    what: string,
    heard: readonly Promise<Heard>[] = [],
  ): Promise<Heard | 'passed' | 'cancelled'> => {
    const over = new AbortController();
    const passed = clock.sleep(milliseconds, { signal: over.signal, what }).then(() => 'passed' as const);
    const cancelled = options.cancelled().then(() => 'cancelled' as const);
    const first = await Promise.race([...heard, passed, cancelled]);
    over.abort();
    return first;
  };
  const timeout = `timeout of a command to ${name}`;
  const noCompletion = async (reason: string): Promise<Result<AdminCompletion>> => {
    if ((await firstOf(options.timeoutMilliseconds, timeout)) === 'cancelled') return aborted();
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
  // A driver gives up a passed-through command after its timeout; what it gives up it aborts.
  const event = async (commandIdentifier: number): Promise<Result<AdminCompletion>> => {
    const heard = new Promise<Result<AdminCompletion>>((resolve) => {
      controller.eventListeners.set(commandIdentifier, (completion) =>
        resolve(completion === undefined ? aborted() : succeed(completion)),
      );
    });
    const first = await firstOf(options.timeoutMilliseconds, timeout, [heard]);
    if (first !== 'passed' && first !== 'cancelled') return first;
    abortEventRequest(controller, commandIdentifier);
    if (first === 'cancelled') return aborted();
    return fail(
      'device-timeout',
      `${name} had no event to report within ${options.timeoutMilliseconds / 1000} s, so the request was aborted`,
      { object: name, field: 'completion', fix: 'Ask again when something happens, or configure events' },
    );
  };
  const limitedAbort = async (command: AdminCommand): Promise<Result<AdminCompletion>> => {
    if (controller.outstandingAborts >= abortLimit(controller)) {
      const completion = completionOf('abortLimitExceeded');
      noteError(controller, command, completion);
      return succeed(completion);
    }
    controller.outstandingAborts++;
    try {
      return await submit(command);
    } finally {
      controller.outstandingAborts--;
    }
  };
  return {
    submit: (command) => (command.opcode === adminOpcodes.abort ? limitedAbort(command) : submit(command)),
  };

  async function submit(command: AdminCommand): Promise<Result<AdminCompletion>> {
    // While the clock is paused a command that changes something is not even handed over.
    const turn = changesController(command.opcode)
      ? options.turn(`${opcodeName(command.opcode)} to ${name}`)
      : null;
    if (turn !== null && (await turn) === 'cancelled') return aborted();
    const met = controller.subsystem.faults.meet(controller.cntlid, command);
    if (met) options.onFault?.(met, command);
    const fault = met?.effect;
    if (fault?.kind === 'status') {
      const completion = refusedWith(fault.status);
      noteFault(controller, command, completion);
      return succeed(completion);
    }
    const isLate = fault?.kind === 'delay' && fault.milliseconds >= options.timeoutMilliseconds;
    if (fault?.kind === 'delay' && !isLate) {
      const late = await firstOf(fault.milliseconds, `command to ${name} that a fault delays`);
      if (late === 'cancelled') return aborted();
    }
    const execution: Execution =
      fault?.kind === 'silence'
        ? { kind: 'silent', reason: 'a fault keeps the controller silent' }
        : execute(controller, command);
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
        return event(execution.commandIdentifier);
      case 'silent':
        return noCompletion(execution.reason);
    }
  }
}

/** A command that a fault made fail leaves its entry too, and an internal error is an event of its own. */
function noteFault(
  controller: SimulatedController,
  command: AdminCommand,
  completion: AdminCompletion,
): void {
  if (isSuccess(completion) || controller.isOffline) return;
  noteError(controller, command, completion);
  const { sct, sc } = statusCodes.internalError;
  if (completion.sct === sct && completion.sc === sc) internalError(controller, 'transientInternal');
}

/** A completion with a status of 15 bits, for a command that was not executed. */
function refusedWith(status: number): AdminCompletion {
  return { ...statusOfValue(status), dw0: 0 };
}

function withLength(completion: AdminCompletion, bytes: number): AdminCompletion {
  if (!completion.data) return completion;
  const data = new Uint8Array(bytes);
  data.set(completion.data.subarray(0, bytes));
  return { ...completion, data };
}
