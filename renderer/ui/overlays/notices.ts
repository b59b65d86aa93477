import { create } from 'zustand';
import type { BerthError } from '#shared/result.ts';

/** How grave it is; only `error` stays until it is dismissed or replaced. */
export type NoticeTone = 'info' | 'success' | 'warning' | 'error';

/** A message in the notice area, at the bottom left, that asks for nothing. */
export interface Notice {
  /** A notice with the same id takes its place. */
  readonly id: string;
  readonly tone: NoticeTone;
  readonly title: string;
  readonly text?: string | undefined;
  /** Further lines, for example every reason of a refusal. */
  readonly details?: readonly string[] | undefined;
  /** One thing that can be done about it; the notice goes when it was pressed. */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

interface NoticeState {
  readonly notices: readonly Notice[];
}

/** The notices that show, oldest first, at most four. */
export const useNotices = create<NoticeState>(() => ({ notices: [] }));

/** How long a notice stays; one with an action stays long enough to be read and reached by keyboard. */
const transientMilliseconds = 6000;
const actionMilliseconds = 15_000;
let counter = 0;

/** Shows a notice; one with the same `id` is replaced. Answers the id. */
export function notify(notice: Omit<Notice, 'id'> & { readonly id?: string }): string {
  counter += 1;
  const id = notice.id ?? `notice-${counter}`;
  const shown: Notice = { ...notice, id };
  useNotices.setState(({ notices }) => ({
    notices: [...notices.filter((other) => other.id !== id), shown].slice(-4),
  }));
  if (notice.tone !== 'error') {
    const wait = notice.action === undefined ? transientMilliseconds : actionMilliseconds;
    setTimeout(() => {
      useNotices.setState(({ notices }) => ({ notices: notices.filter((other) => other !== shown) }));
    }, wait);
  }
  return id;
}

/** Tells an error as a notice: what, about which object, and what to do. */
export function notifyError(error: BerthError, title?: string): string {
  const about = [error.object, error.field].filter((part) => part !== undefined).join(' · ');
  const details = [
    ...(about === '' ? [] : [about]),
    ...(error.details ?? []),
    ...(error.fix ? [error.fix] : []),
  ];
  return notify({
    tone: 'error',
    title: title ?? error.message,
    ...(title === undefined ? {} : { text: error.message }),
    details,
  });
}

/** Takes a notice away; nothing happens when it is gone. */
export function dismissNotice(id: string): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
