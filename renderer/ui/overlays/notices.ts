import { create } from 'zustand';
import type { BerthError } from '#shared/result.ts';

/** How grave it is; only `error` stays until it is dismissed or replaced. */
export type NoticeTone = 'info' | 'success' | 'warning' | 'error';

/** A message at the bottom right that asks for nothing. */
export interface Notice {
  /** A notice with the same id takes its place. */
  readonly id: string;
  readonly tone: NoticeTone;
  readonly title: string;
  readonly text?: string | undefined;
  /** Further lines, for example every reason of a refusal. */
  readonly details?: readonly string[] | undefined;
  /** One thing that can be done about it; the notice goes when it was pressed. `name`: the label, said in full. */
  readonly action?: NoticeAction | undefined;
  /** A second one, beside it. */
  readonly otherAction?: NoticeAction | undefined;
  /** It waits for a person: it stays until it is dismissed or replaced. */
  readonly stays?: boolean;
}

interface NoticeAction {
  readonly label: string;
  readonly name?: string;
  readonly run: () => void;
}

/** A notice as the list behind the bell keeps it. */
export interface KeptNotice {
  readonly notice: Notice;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Dismissed by hand, or seen in the list. */
  readonly read: boolean;
}

interface NoticeState {
  /** Those that show, oldest first, at most four. */
  readonly notices: readonly Notice[];
  /** Those of this session, oldest first, at most `keptNotices`; shown or gone. */
  readonly kept: readonly KeptNotice[];
  /** Whether the list of them is open. */
  readonly listOpen: boolean;
  /** The one that is shown with all its lines, or null. */
  readonly detailed: Notice | null;
}

export const useNotices = create<NoticeState>(() => ({
  ...{ notices: [], kept: [], listOpen: false, detailed: null },
}));

/** Older ones are forgotten: the list is for what was missed, the history and the log file keep what happened. */
export const keptNotices = 100;
/** Lines of one notice that are kept; nobody reads more of them, and a broken source must not fill the memory. */
const longestDetails = 1000;
const mostShown = 4;
let counter = 0;

/** Shows a notice; one with the same `id` is replaced. Answers the id. */
export function notify(notice: Omit<Notice, 'id'> & { readonly id?: string }): string {
  counter += 1;
  const id = notice.id ?? `notice-${counter}`;
  const shown: Notice = { ...notice, id, details: boundedLines(notice.details) };
  useNotices.setState(({ notices, kept }) => ({
    notices: [...notices.filter((other) => other.id !== id), shown].slice(-mostShown),
    kept: [
      ...kept.filter((other) => other.notice.id !== id),
      { notice: shown, at: Date.now(), read: false },
    ].slice(-keptNotices),
  }));
  return id;
}

function boundedLines(lines: readonly string[] | undefined): readonly string[] | undefined {
  if (lines === undefined || lines.length <= longestDetails) return lines;
  return [...lines.slice(0, longestDetails), `${lines.length - longestDetails} further lines were left out.`];
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

/** Takes a notice away, because a person did so or because it no longer holds; it counts as read. */
export function dismissNotice(id: string): void {
  useNotices.setState(({ notices, kept }) => ({
    notices: notices.filter((notice) => notice.id !== id),
    kept: kept.map((one) => (one.notice.id === id ? { ...one, read: true } : one)),
  }));
}

/** Takes a notice away whose time is over; nobody may have read it. */
export function expireNotice(notice: Notice): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((other) => other !== notice) }));
}

/** Opens or closes the list behind the bell. Open, it shows everything: nothing is unread, and none lies over it. */
export function showNoticeList(listOpen: boolean): void {
  useNotices.setState(({ kept, notices }) =>
    listOpen
      ? { listOpen, notices: [], kept: kept.map((one) => ({ ...one, read: true })) }
      : { listOpen, notices },
  );
}

/** Forgets every notice of the session, shown or gone. */
export function clearNotices(): void {
  useNotices.setState({ notices: [], kept: [] });
}

/** Shows one notice with all its lines; null: none any more. */
export function showNoticeDetails(detailed: Notice | null): void {
  useNotices.setState({ detailed });
  if (detailed !== null) dismissNotice(detailed.id);
}

/** What a notice says below its title. */
export function noticeLines({ text, details = [] }: Notice): readonly string[] {
  return text === undefined ? details : [text, ...details];
}
