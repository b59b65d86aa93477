import { fail, type Result, succeed } from '#shared/result.ts';
import type { MemoryPiece } from '../../../host-connection.ts';
import { GuestMemory, pageBytes } from './guest-memory.ts';

/** What an incoming virtual machine has received of its guest's memory. */
export class IncomingMemory {
  /** The attempt that it belongs to. */
  readonly stream: string;
  readonly #name: string;
  readonly #memoryBytes: number;
  readonly #contents: GuestMemory;
  #receivedPages = 0;

  constructor(name: string, memoryBytes: number, { stream, beginning }: MemoryPiece) {
    this.stream = stream;
    this.#name = name;
    this.#memoryBytes = memoryBytes;
    this.#contents = new GuestMemory(beginning, memoryBytes);
  }

  /** Bytes of the memory that are there, in whichever version. */
  get receivedBytes(): number {
    return Math.min(this.#receivedPages * pageBytes, this.#memoryBytes);
  }

  /**
   * Takes a piece in. Answers the digest of the contents when it is the last one, else null. Errors: `device-data` where
   * something is missing before it, or in the end.
   */
  receive({ before, first, contents, last }: MemoryPiece): Result<string | null> {
    if (before > this.#receivedPages)
      return this.#refuse(
        `Memory arrived from byte ${before * pageBytes} on, not ${this.receivedBytes}`,
        'Send the memory again from its beginning',
      );
    if (first !== null) this.#receivedPages = Math.max(this.#receivedPages, first.to);
    for (const content of contents) this.#contents.set(content);
    if (!last) return succeed(null);
    return this.receivedBytes === this.#memoryBytes
      ? succeed(this.#contents.digest())
      : this.#refuse(
          `${this.receivedBytes} of ${this.#memoryBytes} bytes of memory arrived`,
          'Destroy the incoming virtual machine and start again',
        );
  }

  #refuse(message: string, fix: string): Result<never> {
    return fail('device-data', message, { object: this.#name, field: 'memory', fix });
  }
}
