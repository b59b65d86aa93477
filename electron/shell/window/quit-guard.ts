import { app, type BrowserWindow, dialog } from 'electron';
import type { Backend } from '#backend/backend.ts';

/** Quitting while procedures run, or while something is not saved, is asked about first; ending the backend in order comes after the answer. */
export interface QuitGuard {
  /** Quit without asking again. */
  quitAnyway(): void;
  /** What the page would lose now, in words; null: nothing. */
  noteUnsaved(what: string | null): void;
  /** Closing this window means quitting, so it stays open until the question is answered. */
  guard(window: BrowserWindow): void;
}

export function installQuitGuard(
  window: () => BrowserWindow | null,
  backend: () => Promise<Backend | null>,
): QuitGuard {
  let state: 'open' | 'asking' | 'closing' | 'closed' = 'open';

  let unsaved: string | null = null;

  const close = async (): Promise<void> => {
    state = 'closing';
    try {
      await (await backend())?.close();
    } finally {
      // What went wrong is reported; the window must not stay for it.
      state = 'closed';
      app.quit();
    }
  };

  app.on('before-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state !== 'open') return;
    state = 'asking';
    void backend().then(async (ready) => {
      const running = ready?.runningProcedures() ?? [];
      const stays =
        (running.length > 0 && !(await confirmQuit(window(), running))) ||
        (unsaved !== null && !(await confirmLoss(window(), unsaved)));
      if (!stays) return close();
      state = 'open';
    });
  });
  app.on('window-all-closed', () => app.quit());

  return {
    guard(guarded) {
      guarded.on('close', (event) => {
        if (state === 'closed') return;
        event.preventDefault();
        app.quit();
      });
    },
    noteUnsaved(what) {
      unsaved = what;
    },
    quitAnyway() {
      if (state === 'open' || state === 'asking') void close();
    },
  };
}

async function confirmQuit(window: BrowserWindow | null, running: readonly string[]): Promise<boolean> {
  return ask(window, {
    message: running.length === 1 ? 'A procedure is running.' : `${running.length} procedures are running.`,
    detail: `${running.join('\n')}\n\nIf you quit, the current step is finished and written to the journal; the next start offers to resume or roll back.`,
    buttons: ['Keep running', 'Quit'],
  });
}

async function confirmLoss(window: BrowserWindow | null, what: string): Promise<boolean> {
  return ask(window, {
    message: 'Some changes are not saved.',
    detail: `${what}\n\nIf you quit, they are lost.`,
    buttons: ['Keep editing', 'Quit without saving'],
  });
}

/** The first button stays, the second quits. */
async function ask(
  window: BrowserWindow | null,
  words: { readonly message: string; readonly detail: string; readonly buttons: string[] },
): Promise<boolean> {
  const question = { type: 'warning' as const, title: 'Quit Berth?', defaultId: 0, cancelId: 0, ...words };
  const answer =
    window === null || window.isDestroyed()
      ? await dialog.showMessageBox(question)
      : await dialog.showMessageBox(window, question);
  return answer.response === 1;
}
