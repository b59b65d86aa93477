import type { Result } from '#shared/result.ts';
import type { UserDataOperations } from '../hosts/user-data-operations.ts';

export type Look = <T>(work: () => Promise<T>) => Promise<T>;
export type Effect = <T>(
  what: string,
  work: () => Promise<Result<T>>,
  inFlight?: number,
) => Promise<Result<T>>;

/** What lies behind a gate: hosts copy among themselves. */
const behind = new WeakMap<UserDataOperations, UserDataOperations>();

/** User data of a living host as one program reaches it. */
export function gatedUserData(
  host: UserDataOperations,
  { hostId, look, effect }: { readonly hostId: string; readonly look: Look; readonly effect: Effect },
): UserDataOperations {
  const gated: UserDataOperations = {
    reserveQueue: (bytes) => look(() => host.reserveQueue(bytes)),
    queues: (address) => look(() => host.queues(address)),
    // Once begun, it needs no program to go on.
    copy: (order, onProgress, signal) => {
      const to = { ...order.to, host: behind.get(order.to.host) ?? order.to.host };
      return effect(
        `${hostId} copy namespace ${order.from.nsid}`,
        () => host.copy({ ...order, to }, onProgress, signal),
        0,
      );
    },
    receive: (place, piece) => host.receive(place, piece),
    digest: (place) => look(() => host.digest(place)),
  };
  behind.set(gated, host);
  return gated;
}
