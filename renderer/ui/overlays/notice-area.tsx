import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { type FocusEvent, useEffect, useId, useRef, useState } from 'react';
import { Button } from '../controls/button.tsx';
import { clearBottom, useKeptClear } from './keep-clear.ts';
import styles from './notice-area.module.css';
import { NoticeDetails } from './notice-details.tsx';
import {
  dismissNotice,
  expireNotice,
  type Notice,
  type NoticeTone,
  noticeLines,
  showNoticeDetails,
  useNotices,
} from './notices.ts';

export const noticeIcons = {
  info: Info,
  success: CircleCheck,
  warning: TriangleAlert,
  error: CircleAlert,
} as const;
const words: Record<NoticeTone, string> = { info: '', success: '', warning: 'Warning: ', error: 'Error: ' };

/** How long a notice stays; one with an action stays long enough to be read and reached by keyboard. */
const transientMilliseconds = 6000;
const actionMilliseconds = 15_000;

/** Pixels: width of the area and its distance from the edges; the style sheet says the same. */
const areaWidth = 400;
const gap = 12;
/** Pixels below the top bar, and for one notice with three lines. */
const topBarHeight = 44;
const noticeHeight = 112;

/**
 * Where notices appear, bottom right, above everything that must stay clear. New ones are said once: errors at once, all
 * others when there is a pause. Mounted once by the frame.
 */
export function NoticeArea() {
  const notices = useNotices((state) => state.notices);
  const detailed = useNotices((state) => state.detailed);
  const bottom = useClearBottom();
  const area = useRef<HTMLElement>(null);
  // Where the focus was before it came here, for the way back.
  const cameFrom = useRef<HTMLElement | null>(null);
  const [held, setHeld] = useState({ pointer: false, focus: false });
  useEscape();

  const room = Math.max(1, Math.floor((bottom - topBarHeight) / noticeHeight));
  const shown = notices.slice(-room);
  // Dismissed with the focus in it: to the next one, or back to where the person was.
  const dismiss = (id: string) => {
    const hadFocus = area.current?.contains(document.activeElement) ?? false;
    const next = shown.find((other) => other.id !== id);
    dismissNotice(id);
    if (!hadFocus) return;
    // What is taken away tells of no blur.
    setHeld((before) => ({ ...before, focus: false }));
    const buttons = [...(area.current?.querySelectorAll<HTMLElement>('[data-dismisses]') ?? [])];
    const button = buttons.find(({ dataset }) => dataset.dismisses === next?.id);
    (button ?? cameFrom.current)?.focus();
  };
  const onFocus = ({ relatedTarget }: FocusEvent) => {
    setHeld((before) => ({ ...before, focus: true }));
    if (relatedTarget instanceof HTMLElement && area.current?.contains(relatedTarget) === false)
      cameFrom.current = relatedTarget;
  };
  const list = (errors: boolean) =>
    shown
      .filter(({ tone }) => (tone === 'error') === errors)
      .map((notice) => (
        <NoticeCard
          key={notice.id}
          notice={notice}
          waits={held.pointer || held.focus}
          onDismiss={() => dismiss(notice.id)}
        />
      ));

  return (
    <>
      <section
        ref={area}
        className={styles.area}
        style={{ bottom: Math.max(0, window.innerHeight - bottom) + gap }}
        aria-label="Notices"
        onPointerEnter={() => setHeld((before) => ({ ...before, pointer: true }))}
        onPointerLeave={() => setHeld((before) => ({ ...before, pointer: false }))}
        onFocus={onFocus}
        onBlur={() => setHeld((before) => ({ ...before, focus: false }))}
      >
        {/* Two regions that are always there, because a reader says only what is added to one that it knows. */}
        <div role="log" aria-label="Errors" aria-live="assertive" className={styles.list}>
          {list(true)}
        </div>
        <div role="log" aria-label="Messages" aria-live="polite" className={styles.list}>
          {list(false)}
        </div>
      </section>
      {detailed === null ? null : <NoticeDetails notice={detailed} onClose={() => showNoticeDetails(null)} />}
    </>
  );
}

/** The lines of a notice that show, and how many rows each may take; the rest opens in a dialog. */
const shownLines = 3;
const rowsOf: Readonly<Record<number, readonly string[]>> = {
  1: [styles.threeRows ?? ''],
  2: [styles.twoRows ?? '', styles.oneRow ?? ''],
};
/** A line of this many characters surely fits into a row. */
const surelyFits = 46;

function NoticeCard({
  notice,
  waits,
  onDismiss,
}: {
  readonly notice: Notice;
  /** Whether a person is at the notices: they must not go away under the hand. */
  readonly waits: boolean;
  readonly onDismiss: () => void;
}) {
  const titleId = useId();
  useEffect(() => {
    if (waits || notice.tone === 'error' || notice.stays === true) return undefined;
    const wait = notice.action === undefined ? transientMilliseconds : actionMilliseconds;
    const timer = setTimeout(() => expireNotice(notice), wait);
    return () => clearTimeout(timer);
  }, [notice, waits]);
  const Icon = noticeIcons[notice.tone];
  const lines = noticeLines(notice);
  const more = lines.length - shownLines;
  const rows = rowsOf[lines.length] ?? [];
  const isCut = lines.some(
    (line, index) =>
      line.length > surelyFits * (lines.length === 1 ? 3 : lines.length === 2 && index === 0 ? 2 : 1),
  );
  const actions = [notice.action, notice.otherAction].filter((action) => action !== undefined);
  const button = (action: NonNullable<Notice['action']>) => (
    <Button
      key={action.label}
      size="small"
      aria-label={action.name ?? action.label}
      onClick={() => {
        onDismiss();
        action.run();
      }}
    >
      {action.label}
    </Button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields
    <div
      role="group"
      aria-labelledby={titleId}
      className={`${styles.notice} ${styles[notice.tone]}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onDismiss();
      }}
    >
      <Icon size={16} aria-hidden />
      <div className={styles.words}>
        <div id={titleId} className={styles.title}>
          <span className="visually-hidden">{words[notice.tone]}</span>
          {notice.title}
        </div>
        {lines.slice(0, shownLines).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a notice never change
          <div key={index} className={`${styles.text} ${rows[index] ?? styles.oneRow}`}>
            {line}
          </div>
        ))}
        {more > 0 || isCut ? (
          <Button
            kind="link"
            onClick={() => showNoticeDetails(notice)}
            aria-label={`All of: ${notice.title}`}
          >
            {more > 0 ? `${more} more…` : 'Show all of it…'}
          </Button>
        ) : null}
      </div>
      {actions.length > 1 ? (
        <div className={`${styles.buttons} ${styles.several}`}>{actions.map(button)}</div>
      ) : null}
      <div className={styles.buttons}>
        {actions.length > 1 ? null : actions.map(button)}
        <Button
          kind="quiet"
          size="small"
          icon
          aria-label="Dismiss"
          data-dismisses={notice.id}
          onClick={onDismiss}
        >
          <X size={14} aria-hidden />
        </Button>
      </div>
    </div>
  );
}

/** Esc that nothing else took closes the newest notice. */
function useEscape(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null) return;
      const newest = useNotices.getState().notices.at(-1);
      if (newest !== undefined) dismissNotice(newest.id);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

/** The line of the window, in pixels from its top, that the notices stand on. */
function useClearBottom(): number {
  const { elements, version } = useKeptClear();
  const hasNotices = useNotices((state) => state.notices.length > 0);
  const [bottom, setBottom] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version says that one has another size
  useEffect(() => {
    if (!hasNotices) return undefined;
    const measure = () => {
      const right = window.innerWidth - gap;
      const boxes = elements.map((element) => element.getBoundingClientRect());
      setBottom(clearBottom(boxes, { left: right - areaWidth, right }, window.innerHeight));
    };
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, [elements, version, hasNotices]);
  return bottom;
}
