import type { BlockRange } from '#shared/migration/user-data/block-ranges.ts';
import type { QueueMemory } from '#shared/nvme/command.ts';
import type { Result } from '#shared/result.ts';

/**
 * User data of namespaces, as a host moves it to another one. The kernel has the memory of Controller Data Queues in its
 * hands, because a controller writes to it whether the program that asked for the queue still lives or not.
 */
export interface UserDataOperations {
  /** Sets memory aside for a queue that a controller of this host is to write to: zeroes, physically contiguous. */
  reserveQueue(bytes: number): Promise<Result<QueueMemory>>;
  /** The queues that a controlling function writes to, as the kernel knows them. */
  queues(address: string): Promise<Result<readonly HostDataQueue[]>>;
  /**
   * Copies blocks of a namespace to one of another host, as fast as the links let it; what is written meanwhile may arrive as
   * it was or as it is. Resolves when the destination has them. A copy of the same namespace that is still under way, started by
   * whoever is no longer there, is given up first. Errors: `refused` where nobody would learn of what changes meanwhile,
   * `aborted`, and those of the destination.
   */
  copy(
    order: CopyOrder,
    onProgress: (sentBytes: number) => void,
    signal: AbortSignal,
  ): Promise<Result<{ readonly bytes: number }>>;
  /** Receiver side of `copy`; not for other callers. */
  receive(place: NamespacePlace, piece: UserDataPiece): Promise<Result<void>>;
  /** Stands for what a namespace holds now, 16 hexadecimal digits. */
  digest(place: NamespacePlace): Promise<Result<string>>;
}

/** A Controller Data Queue that exists. */
export interface HostDataQueue {
  /** CDQID. */
  readonly identifier: number;
  /** CNTLID of the controller whose changes it logs. */
  readonly cntlid: number;
  /** The memory itself: the controller goes on writing to it. */
  readonly memory: QueueMemory;
  /** Entries of 32 bytes. */
  readonly slots: number;
}

/** A namespace of the NVM subsystem that a controlling function belongs to. */
export interface NamespacePlace {
  /** Of the controlling function. */
  readonly address: string;
  readonly nsid: number;
}

export interface CopyOrder {
  readonly from: NamespacePlace;
  /** CNTLID of the controller that writes to it. It must be logged (`logged`) or stand still (`suspended`). */
  readonly writer: { readonly cntlid: number; readonly is: 'logged' | 'suspended' };
  readonly to: NamespacePlace & { readonly host: UserDataOperations };
  /** In the order in which they are copied. */
  readonly ranges: readonly BlockRange[];
  /** Bytes per second that it may take of the link; left out: all. */
  readonly mostBytesPerSecond?: number | undefined;
}

/** A piece of a copy on its way. */
export interface UserDataPiece {
  /** What the blocks hold, in runs; a simulated host sends what stands for them. */
  readonly runs: readonly { readonly from: number; readonly to: number; readonly tag: string }[];
}
