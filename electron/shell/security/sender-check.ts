import { isOwnAddress } from '../app-origin.ts';

/** The parts of an IPC event that tell who sent it. */
export interface Sender {
  readonly senderId: number;
  readonly frameUrl: string | null;
  readonly isMainFrame: boolean;
}

/** Checklist item 17: only the main frame of the program's own window, showing the program's own page, may ask. */
export function isTrustedSender(sender: Sender, windowContentsId: number | null): boolean {
  return (
    windowContentsId !== null &&
    sender.senderId === windowContentsId &&
    sender.isMainFrame &&
    sender.frameUrl !== null &&
    isOwnAddress(sender.frameUrl)
  );
}
