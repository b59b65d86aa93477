import { type AdminCommand, type AdminCompletion, isSuccess } from '#shared/nvme/command.ts';
import { zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import { trackReceive, trackReceiveSelectors } from '#shared/nvme/commands/migration/track-receive.ts';
import { trackActions, trackMemoryChanges, trackSend } from '#shared/nvme/commands/migration/track-send.ts';
import { encodeTrackMemoryData, type MemoryRange } from '#shared/nvme/layouts/tracking/track-memory-data.ts';
import { decodeTrackedMemoryChanges } from '#shared/nvme/layouts/tracking/tracked-memory-changes.ts';
import { describeStatus, statusCodes } from '#shared/nvme/status.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { AdminQueue } from '../../admin-queue.ts';

/** Bytes of one Track Receive. */
const reportLength = 4096;

/** What became of a request to track: accepted, or the granularity exponent at which it would be. */
export type TrackingAnswer =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly coarser: number };

/** A stretch of memory that the device wrote to, in bytes. */
export interface WrittenMemory {
  readonly address: bigint;
  readonly length: bigint;
}

/** Track Send and Track Receive on the controlling function, for one controlled function. */
export class TrackingCommands {
  readonly #queue: () => Result<AdminQueue>;
  readonly #cntlid: number;

  constructor(queue: () => Result<AdminQueue>, cntlid: number) {
    this.#queue = queue;
    this.#cntlid = cntlid;
  }

  async start(exponent: number, ranges: readonly MemoryRange[]): Promise<Result<TrackingAnswer>> {
    const data = encodeTrackMemoryData({ rmrtg: exponent, ranges, reserved: [] });
    if (!data.ok) return data;
    const answer = await this.#submit(this.#trackSend('start', data.value));
    if (!answer.ok) return answer;
    const { sct, sc, dw0 } = answer.value;
    if (isSuccess(answer.value)) return succeed({ accepted: true });
    const short = statusCodes.notEnoughResources;
    if (sct === short.sct && sc === short.sc)
      return succeed({ accepted: false, coarser: trackSend.result.decode(dw0).mrtg });
    return this.#refused('Track Send', answer.value);
  }

  async stop(): Promise<Result<void>> {
    const answer = await this.#submit(this.#trackSend('stop'));
    if (!answer.ok) return answer;
    return isSuccess(answer.value) ? succeed(undefined) : this.#refused('Track Send', answer.value);
  }

  /** Everything that was written since the last call. The device forgets what it reports. */
  async take(): Promise<Result<readonly WrittenMemory[]>> {
    const written: WrittenMemory[] = [];
    for (;;) {
      const answer = await this.#submit(
        trackReceive.encode(
          {
            sel: trackReceiveSelectors.trackedMemoryChanges.value,
            cntlid: this.#cntlid,
            numdl: zeroBasedDwords(reportLength),
          },
          { readLength: reportLength },
        ),
      );
      if (!answer.ok) return answer;
      if (!isSuccess(answer.value)) return this.#refused('Track Receive', answer.value);
      const changes = decodeTrackedMemoryChanges(answer.value.data ?? new Uint8Array());
      if (!changes.ok) return changes;
      const granule = 4096n << BigInt(changes.value.rpmpg);
      for (const { saddr, len } of changes.value.changes)
        written.push({ address: saddr, length: BigInt(len) * granule });
      if (!changes.value.moreToReport) return succeed(written);
    }
  }

  #trackSend(action: keyof typeof trackActions, data?: Uint8Array): AdminCommand {
    return trackMemoryChanges.encode(
      { action: trackActions[action].value, cntlid: this.#cntlid },
      data ? { data } : {},
    );
  }

  async #submit(command: AdminCommand): Promise<Result<AdminCompletion>> {
    const queue = this.#queue();
    return queue.ok ? queue.value.submit(command) : queue;
  }

  #refused<T>(command: string, completion: AdminCompletion): Result<T> {
    return fail('device-status', `${command} was refused: ${describeStatus(completion)}`, {
      object: `controller ${this.#cntlid}`,
      field: command,
      fix: 'Treat all memory as written, or choose fewer ranges or a coarser granularity',
    });
  }
}
