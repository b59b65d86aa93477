import type { EventChannel } from '#shared/ipc/channels.ts';
import type { BackendChannel, Handlers } from './handlers/handler.ts';

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
