import type { Result } from '#shared/result.ts';

/** What a VFIO variant driver does to its function. Each interface has its own; the state machine above is the same. */
export interface StateTransfer {
  /** Stops the function, or (only with P2P) warns it that it will be stopped. */
  suspend(type: 'suspend' | 'notification'): Promise<Result<void>>;
  resume(): Promise<Result<void>>;
  /** The final state of a suspended function. */
  save(): Promise<Result<Uint8Array>>;
  /** Bytes that `save` would give now. */
  size(): Promise<Result<number>>;
  /** All bytes of a resuming session; verifies and commits them. */
  load(data: Uint8Array): Promise<Result<void>>;
  /** The state as it is now, of a running function: early data for PRE_COPY. Not there without it. */
  snapshot?(): Promise<Result<Uint8Array>>;
}
