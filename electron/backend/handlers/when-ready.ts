import type { RequestChannel } from '#shared/ipc/channels.ts';
import type { Handlers } from './handler.ts';

/** Handlers that wait for `ready` before they answer. */
export function whenReady<Channels extends RequestChannel>(
  ready: Promise<void>,
  handlers: Handlers<Channels>,
): Handlers<Channels> {
  const waiting = Object.entries(handlers).map(([channel, handler]) => [
    channel,
    async (request: unknown) => {
      await ready;
      return (handler as (request: unknown) => Promise<unknown>)(request);
    },
  ]);
  // Each handler keeps its own types; the wrapper adds nothing but the wait.
  return Object.fromEntries(waiting) as Handlers<Channels>;
}
