import type { EventChannel, RequestChannel } from '#shared/ipc/channels.ts';
import type { EventOf, RequestOf, ResponseOf } from '#shared/ipc/contract.ts';
import type { Result } from '#shared/result.ts';

/** Channels that need Electron (native dialogs, quitting); the shell answers these itself. */
export type ShellChannel =
  | 'app:info'
  | 'app:quit-anyway'
  | 'app:unsaved'
  | 'fleet:choose'
  | 'fleet-file:read'
  | 'fleet-file:save'
  | 'report:export'
  | 'report:reveal';
export type BackendChannel = Exclude<RequestChannel, ShellChannel>;

export type Handler<Channel extends RequestChannel> = (
  request: RequestOf<Channel>,
) => Promise<Result<ResponseOf<Channel>>>;

export type Handlers<Channels extends RequestChannel> = { readonly [Channel in Channels]: Handler<Channel> };

/** Pushes an event to whoever listens; typed by the contract. */
export type Emit = <Channel extends EventChannel>(channel: Channel, event: EventOf<Channel>) => void;

/** What `createBackend` answers: the handlers of its channels, events outwards, and an ordered end. */
export interface Backend {
  readonly handlers: Handlers<BackendChannel>;
  /** Subscribes to everything that the backend pushes; returns the remover. */
  subscribe(listener: (channel: EventChannel, event: unknown) => void): () => void;
  /** Titles of procedures that run now; the quit guard asks. */
  runningProcedures(): readonly string[];
  /** Waits for the current step, writes the journal's end and closes the store. */
  close(): Promise<void>;
}
