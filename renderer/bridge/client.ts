import type { Bridge } from '#shared/ipc/bridge.ts';
import type { EventChannel, RequestChannel } from '#shared/ipc/channels.ts';
import type { EventOf, RequestOf, ResponseOf } from '#shared/ipc/contract.ts';
import type { Result } from '#shared/result.ts';

declare global {
  interface Window {
    readonly berth?: Bridge;
  }
}

/** The typed way to the main process. Both sides of the bridge were checked against the contract already. */
export interface Client {
  /** Asks the main process. Never throws: a failure is a `Result` with the reason. */
  call<Channel extends RequestChannel>(
    channel: Channel,
    request: RequestOf<Channel>,
  ): Promise<Result<ResponseOf<Channel>>>;
  /** Listens to an event; returns the remover. */
  listen<Channel extends EventChannel>(
    channel: Channel,
    listener: (event: EventOf<Channel>) => void,
  ): () => void;
  /** Path of a dropped file; empty for one that is not on a disk. */
  pathForFile(file: File): string;
}

function bridge(): Bridge {
  const found = window.berth;
  if (found === undefined) throw new Error('The preload script did not run: window.berth is missing.');
  return found;
}

/** The one way of the page to the main process; nothing else touches `window.berth`. */
export const client: Client = {
  call: (channel, request) => bridge().request(channel, request) as ReturnType<Client['call']> as never,
  listen: (channel, listener) => bridge().listen(channel, listener as (event: unknown) => void),
  pathForFile: (file) => bridge().pathForFile(file),
};
