import { type AdminCommand, type AdminCompletion, isSuccess } from '#shared/nvme/command.ts';
import {
  vendorLoadData,
  vendorQueryDataSize,
  vendorResume,
  vendorSaveData,
  vendorSuspend,
} from '#shared/nvme/commands/migration/vendor-migration.ts';
import { describeStatus } from '#shared/nvme/status.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { AdminQueue } from '../../admin-queue.ts';
import type { StateTransfer } from './state-transfer.ts';

/**
 * The variant driver of the vendor-opcode device (series of December 2022): suspend, resume, query, save and load on the
 * admin queue of the controlling function, naming the virtual function by its number.
 */
export class VendorCommands implements StateTransfer {
  readonly #queue: () => Result<AdminQueue>;
  /** 1-based. */
  readonly #vfn: number;

  constructor(queue: () => Result<AdminQueue>, vfn: number) {
    this.#queue = queue;
    this.#vfn = vfn;
  }

  async suspend(): Promise<Result<void>> {
    const done = await this.#submit('suspend', vendorSuspend.encode({ index: this.#vfn }));
    return done.ok ? succeed(undefined) : done;
  }

  /** The driver of the series ignores what becomes of the resume, so a function may stay suspended in RUNNING. */
  async resume(): Promise<Result<void>> {
    await this.#submit('resume', vendorResume.encode({ index: this.#vfn }));
    return succeed(undefined);
  }

  async size(): Promise<Result<number>> {
    const answer = await this.#submit('query data size', vendorQueryDataSize.encode({ index: this.#vfn }));
    return answer.ok ? succeed(vendorQueryDataSize.result.decode(answer.value.dw0).size) : answer;
  }

  async save(): Promise<Result<Uint8Array>> {
    const size = await this.size();
    if (!size.ok) return size;
    const answer = await this.#submit(
      'save data',
      vendorSaveData.encode({ index: this.#vfn }, { readLength: size.value }),
    );
    if (!answer.ok) return answer;
    const { data } = answer.value;
    return data?.length === size.value
      ? succeed(data)
      : fail('device-data', `Save data gave ${data?.length ?? 0} of ${size.value} bytes`, {
          object: `VF ${this.#vfn}`,
          field: 'data',
          fix: 'Reset the function and try again',
        });
  }

  async load(data: Uint8Array): Promise<Result<void>> {
    const done = await this.#submit(
      'load data',
      vendorLoadData.encode({ index: this.#vfn, size: data.length }, { data }),
    );
    return done.ok ? succeed(undefined) : done;
  }

  async #submit(what: string, command: AdminCommand): Promise<Result<AdminCompletion>> {
    const queue = this.#queue();
    if (!queue.ok) return queue;
    const answer = await queue.value.submit(command);
    if (!answer.ok || isSuccess(answer.value)) return answer;
    return fail(
      'device-status',
      `The vendor command "${what}" was refused: ${describeStatus(answer.value)}`,
      {
        object: `VF ${this.#vfn}`,
        field: what,
        fix: 'See the command in the command list; check that the function is online and belongs to this primary controller',
      },
    );
  }
}
