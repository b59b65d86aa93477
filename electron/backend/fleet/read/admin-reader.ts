import type { Problem } from '#shared/fleet/schema.ts';
import { type AdminCommand, type AdminCompletion, statusValue } from '#shared/nvme/command.ts';
import { identify, identifyLength } from '#shared/nvme/commands/identify.ts';
import type { BerthError, Result } from '#shared/result.ts';
import type { AdminQueue } from '../../hosts/admin-queue.ts';
import {
  type AnswerTimeout,
  askController,
  controllerToAsk,
  type Question,
} from '../../nvme/ask-controller.ts';
import type { EventLoopPause } from './event-loop-pause.ts';

interface IdentifySelector {
  /** Controller or Namespace Structure, CDW10 7:0. */
  readonly cns: number;
  readonly nsid?: number;
  /** CNTID, CDW10 31:16: lists start here. */
  readonly cntid?: number;
}

/** How bad it is when a controller does not answer a question: many structures are optional. */
type Need = 'required' | 'optional';

export interface AdminReader {
  /** Problems met so far, each naming the device and the field. */
  readonly problems: Problem[];
  /** Structures of Identify that were not answered, by CNS, and whose fault it is. */
  readonly unanswered: Map<number, 'refused' | 'not-recorded'>;
  /** A command was not completed in time, so nothing more was asked. */
  readonly isSilent: boolean;
  identify<T>(
    selector: IdentifySelector,
    what: string,
    decode: (bytes: Uint8Array) => Result<T>,
    need: Need,
  ): Promise<T | null>;
  read<T>(command: AdminCommand, what: string, decode: Question<T>['decode'], need: Need): Promise<T | null>;
}

/**
 * Reads structures through one admin queue. Nonsense becomes a problem, never an exception; after a timeout the
 * controller is not asked again, because every further command would wait as long.
 */
export function createAdminReader(
  queue: AdminQueue,
  device: string,
  { pause, ...timeout }: AnswerTimeout & { readonly pause: EventLoopPause },
): AdminReader {
  const controller = controllerToAsk(queue, device, timeout);
  const problems: Problem[] = [];
  const unanswered: AdminReader['unanswered'] = new Map();
  let silent = false;

  const read: AdminReader['read'] = async (command, what, decode, need) => {
    if (silent) return null;
    const source = `${device} · ${what}`;
    const answer = await askController(controller, { command, what, decode });
    await pause();
    if (answer.ok) return answer.value;
    const { error, completion } = answer;
    if (command.opcode === identify.opcode) {
      const { cns } = identify.decode(command);
      if (error.code === 'not-recorded') unanswered.set(cns, 'not-recorded');
      else if (completion !== undefined) unanswered.set(cns, 'refused');
    }
    silent = error.code === 'device-timeout';
    // What was answered and makes no sense is always told; what a controller may lack only if it is needed. A recorded host
    // tells what nobody recorded itself, with the command that would tell it.
    const isNeeded = need === 'required' && error.code !== 'not-recorded';
    if (silent || isNeeded || error.code === 'device-data')
      problems.push(completion === undefined ? problemOf(source, error) : refusal(source, completion));
    return null;
  };

  return {
    problems,
    unanswered,
    get isSilent() {
      return silent;
    },
    read,
    identify: ({ cns, nsid = 0, cntid = 0 }, what, decode, need) =>
      read(identify.encode({ nsid, cns, cntid }, { readLength: identifyLength }), what, decode, need),
  };
}

function refusal(source: string, completion: AdminCompletion): Problem {
  return {
    source,
    message: `The controller refused it with status 0x${statusValue(completion).toString(16)}.`,
  };
}

export function problemOf(source: string, error: BerthError): Problem {
  return {
    source,
    message: error.message,
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
  };
}
