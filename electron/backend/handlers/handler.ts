import type { RequestChannel } from '#shared/ipc/channels.ts';
import type { RequestOf, ResponseOf } from '#shared/ipc/contract.ts';
import type { Result } from '#shared/result.ts';

/** Channels that need Electron (native dialogs, quitting); the shell answers these itself. */
export type ShellChannel =
  | 'app:info'
  | 'app:quit-anyway'
  | 'app:unsaved'
  | 'app:name-commands'
  | 'fleet:choose'
  | 'outputs:choose'
  | 'fleet-file:read'
  | 'fleet-file:save'
  | 'report:export'
  | 'report:reveal';
export type BackendChannel = Exclude<RequestChannel, ShellChannel>;

/** Answers the requests of one channel. */
export type Handler<Channel extends RequestChannel> = (
  request: RequestOf<Channel>,
) => Promise<Result<ResponseOf<Channel>>>;

/** The handlers of a domain: exactly one for each of its channels. */
export type Handlers<Channels extends RequestChannel> = { readonly [Channel in Channels]: Handler<Channel> };
