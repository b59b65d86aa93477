import type { Result } from '../result.ts';
import type { EventChannel, RequestChannel } from './channels.ts';

/** The one object that the preload script exposes to the page, as `window.berth`. */
export interface Bridge {
  /** Sends a request; the answer is always a `Result`, never an exception. */
  request(channel: RequestChannel, request: unknown): Promise<Result<unknown>>;
  /** Listens to an event; returns the remover. The Electron event object never reaches the page. */
  listen(channel: EventChannel, listener: (event: unknown) => void): () => void;
  /** The path of a file or folder that was dropped on the window. */
  pathForFile(file: unknown): string;
}
