import type { Problem } from '#shared/fleet/schema.ts';
import { type AdminCommand, adminCommand, isSuccess, statusValue } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import type { BerthError, Result } from '#shared/result.ts';
import type { AdminQueue } from '../../hosts/admin-queue.ts';
import type { GiveWay } from './give-way.ts';
import { withTimeout } from './with-timeout.ts';

/** Every structure that discovery reads has this length in bytes. */
const structureLength = 4096;

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
  identify<T>(
    selector: IdentifySelector,
    what: string,
    decode: (bytes: Uint8Array) => Result<T>,
    need: Need,
  ): Promise<T | null>;
  read<T>(
    command: AdminCommand,
    what: string,
    decode: (bytes: Uint8Array) => Result<T>,
    need: Need,
  ): Promise<T | null>;
}

/**
 * Reads structures through one admin queue. Nonsense becomes a problem, never an exception; after a timeout the
 * controller is not asked again, because every further command would wait as long.
 */
export function createAdminReader(
  queue: AdminQueue,
  device: string,
  { timeoutMilliseconds, giveWay }: { readonly timeoutMilliseconds: number; readonly giveWay: GiveWay },
): AdminReader {
  const problems: Problem[] = [];
  let silent = false;

  const read: AdminReader['read'] = async (command, what, decode, need) => {
    if (silent) return null;
    const source = `${device} · ${what}`;
    const answer = await withTimeout(queue.submit(command), timeoutMilliseconds, {
      object: device,
      what,
    });
    await giveWay();
    if (!answer.ok) {
      silent = answer.error.code === 'device-timeout';
      if (silent || need === 'required') problems.push(problemOf(source, answer.error));
      return null;
    }
    const completion = answer.value;
    if (!isSuccess(completion)) {
      if (need === 'required')
        problems.push({
          source,
          message: `The controller refused it with status 0x${statusValue(completion).toString(16)}.`,
        });
      return null;
    }
    const decoded = decode(completion.data ?? new Uint8Array(0));
    if (decoded.ok) return decoded.value;
    problems.push(problemOf(source, decoded.error));
    return null;
  };

  return {
    problems,
    read,
    identify: ({ cns, nsid = 0, cntid = 0 }, what, decode, need) =>
      read(
        adminCommand({
          opcode: adminOpcodes.identify,
          nsid,
          // Multiplication instead of a shift: CNTID above 7FFFh would turn the sign bit on.
          cdw10: cntid * 0x1_0000 + cns,
          readLength: structureLength,
        }),
        what,
        decode,
        need,
      ),
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
