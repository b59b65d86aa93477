import { type AdminCommand, isSuccess } from '#shared/nvme/command.ts';
import { zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import {
  migrationReceive,
  migrationReceiveSelectors,
} from '#shared/nvme/commands/migration/migration-receive.ts';
import {
  resumeController,
  sequenceIndicators,
  setControllerState,
  suspendController,
  suspendTypes,
} from '#shared/nvme/commands/migration/migration-send.ts';
import {
  controllerStateHeaderLength,
  decodeControllerStateExtent,
} from '#shared/nvme/layouts/controller-state/controller-state.ts';
import { describeStatus } from '#shared/nvme/status.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { AdminQueue } from '../../admin-queue.ts';
import { finalState } from './migration-data.ts';
import type { StateTransfer } from './state-transfer.ts';

/** First version and first vendor UUID of CNS 20h: what both ends of a simulated migration speak. */
const csvi = 1;
const csuuidi = 1;
/** Bytes of one Migration Send or Receive. */
const largestPiece = 64 * 1024;

/**
 * What a VFIO variant driver does to its function: Migration Send and Receive on the admin queue of the controlling
 * function, naming the controlled function by its CNTLID.
 */
export class MigrationCommands implements StateTransfer {
  readonly #queue: () => Result<AdminQueue>;
  readonly #cntlid: number;

  constructor(queue: () => Result<AdminQueue>, cntlid: number) {
    this.#queue = queue;
    this.#cntlid = cntlid;
  }

  suspend(type: keyof typeof suspendTypes): Promise<Result<void>> {
    return this.#send(suspendController.encode({ cntlid: this.#cntlid, stype: suspendTypes[type].value }));
  }

  resume(): Promise<Result<void>> {
    return this.#send(resumeController.encode({ cntlid: this.#cntlid }));
  }

  /** Reads the header, then all of the structure. Refuses a state that was not saved while suspended. */
  save(): Promise<Result<Uint8Array>> {
    return this.#read(true);
  }

  /** The state as it is now, of a controller that may be running: early data, which is never final. */
  snapshot(): Promise<Result<Uint8Array>> {
    return this.#read(false);
  }

  /** Length in bytes that the state has now. */
  async size(): Promise<Result<number>> {
    const header = await this.#receive(0, controllerStateHeaderLength, false);
    if (!header.ok) return header;
    const extent = decodeControllerStateExtent(header.value);
    return extent.ok ? succeed(extent.value.totalLength) : extent;
  }

  async #read(mustBeSuspended: boolean): Promise<Result<Uint8Array>> {
    const size = await this.size();
    if (!size.ok) return size;
    const state = new Uint8Array(size.value);
    for (let offset = 0; offset < state.length; offset += largestPiece) {
      const length = Math.min(largestPiece, state.length - offset);
      const piece = await this.#receive(offset, length, mustBeSuspended);
      if (!piece.ok) return piece;
      state.set(piece.value, offset);
    }
    return succeed(state);
  }

  /** Sends a state in as many commands as it takes; the last one makes the controller verify and commit it. */
  async load(received: Uint8Array): Promise<Result<void>> {
    const final = finalState(received);
    if (!final.ok) return final;
    const state = final.value;
    const pieces = Math.max(1, Math.ceil(state.length / largestPiece));
    for (let index = 0; index < pieces; index++) {
      const offset = index * largestPiece;
      const data = state.slice(offset, offset + largestPiece);
      const sent = await this.#send(
        setControllerState.encode(
          {
            cntlid: this.#cntlid,
            seqind: sequence(index, pieces),
            csvi,
            csuuidi,
            offset: BigInt(offset),
            numd: data.length / 4,
          },
          { data },
        ),
      );
      if (!sent.ok) return sent;
    }
    return succeed(undefined);
  }

  async #send(command: AdminCommand): Promise<Result<void>> {
    const queue = this.#queue();
    if (!queue.ok) return queue;
    const answer = await queue.value.submit(command);
    if (!answer.ok) return answer;
    return isSuccess(answer.value) ? succeed(undefined) : this.#refused('Migration Send', answer.value);
  }

  async #receive(offset: number, length: number, mustBeSuspended: boolean): Promise<Result<Uint8Array>> {
    const queue = this.#queue();
    if (!queue.ok) return queue;
    const answer = await queue.value.submit(
      migrationReceive.encode(
        {
          sel: migrationReceiveSelectors.getControllerState.value,
          csvi,
          csuuidi,
          cntlid: this.#cntlid,
          offset: BigInt(offset),
          numdl: zeroBasedDwords(length),
        },
        { readLength: length },
      ),
    );
    if (!answer.ok) return answer;
    const { data, dw0 } = answer.value;
    if (!isSuccess(answer.value)) return this.#refused('Migration Receive', answer.value);
    if (data?.length !== length)
      return fail('device-data', `Migration Receive gave ${data?.length ?? 0} of ${length} bytes`, {
        object: `controller ${this.#cntlid}`,
        field: 'data',
        fix: 'Reset the function and try again',
      });
    if (mustBeSuspended && !migrationReceive.result.decode(dw0).csup)
      return fail('device-data', 'The controller was not suspended while its state was read', {
        object: `controller ${this.#cntlid}`,
        field: 'completion dword 0 (CSUP)',
        fix: 'Suspend the controller and read the state again',
      });
    return succeed(data);
  }

  #refused<T>(command: string, completion: Parameters<typeof describeStatus>[0]): Result<T> {
    return fail('device-status', `${command} was refused: ${describeStatus(completion)}`, {
      object: `controller ${this.#cntlid}`,
      field: command,
      fix: 'See the command in the command list; check that the function is online and belongs to this primary controller',
    });
  }
}

function sequence(index: number, pieces: number): number {
  if (pieces === 1) return sequenceIndicators.only.value;
  if (index === 0) return sequenceIndicators.first.value;
  return index === pieces - 1 ? sequenceIndicators.last.value : sequenceIndicators.middle.value;
}
