import type { EventChannel } from '#shared/ipc/channels.ts';
import type { EventOf } from '#shared/ipc/contract.ts';
import type { Log } from './ports.ts';

/** Pushes an event to whoever listens; typed by the contract. */
export type Emit = <Channel extends EventChannel>(channel: Channel, event: EventOf<Channel>) => void;

type Listener = (channel: EventChannel, event: unknown) => void;

export interface EventHub {
  readonly emit: Emit;
  subscribe(listener: Listener): () => void;
}

/**
 * Hands events to whoever listens. Notices from before the first listener are kept for it: what went wrong while the
 * program started must not get lost. A listener that throws is logged and does not stop the others.
 */
export function createEventHub(log: Log): EventHub {
  const listeners = new Set<Listener>();
  let early: Parameters<Listener>[] = [];
  const deliver = (listener: Listener, ...event: Parameters<Listener>) => {
    try {
      listener(...event);
    } catch (cause) {
      log.error(`a listener to ${event[0]} failed`, cause);
    }
  };
  return {
    emit(channel, event) {
      if (listeners.size === 0 && channel === 'app:notice') early.push([channel, event]);
      for (const listener of listeners) deliver(listener, channel, event);
    },
    subscribe(listener) {
      listeners.add(listener);
      const kept = early;
      early = [];
      for (const event of kept) deliver(listener, ...event);
      return () => listeners.delete(listener);
    },
  };
}
