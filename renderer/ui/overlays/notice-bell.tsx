import { Bell } from 'lucide-react';
import { Button } from '../controls/button.tsx';
import { formatTime } from '../format.ts';
import { Dialog } from './dialog.tsx';
import styles from './notice-area.module.css';
import { noticeIcons } from './notice-area.tsx';
import { NoticeLines } from './notice-details.tsx';
import { clearNotices, type KeptNotice, noticeLines, showNoticeList, useNotices } from './notices.ts';

/** The way to the notices of this session; says how many were not read. */
export function NoticeBell() {
  const unread = useNotices((state) => state.kept.filter(({ read }) => !read).length);
  const open = useNotices((state) => state.listOpen);
  const name = unread === 0 ? 'Notices' : `Notices, ${unread} unread`;
  return (
    <>
      <Button
        icon
        kind="quiet"
        className={styles.bell}
        title={name}
        aria-label={name}
        onClick={() => showNoticeList(true)}
      >
        <Bell size={16} aria-hidden />
        {unread === 0 ? null : <span className={styles.badge}>{unread > 99 ? '99+' : unread}</span>}
      </Button>
      {open ? <NoticeList /> : null}
    </>
  );
}

/** The notices of this session, newest first. */
function NoticeList() {
  const kept = useNotices((state) => state.kept);
  const close = () => showNoticeList(false);
  return (
    <Dialog
      open
      reading
      onClose={close}
      title="Notices"
      description="What Berth said since it was started, newest first."
      footer={
        <>
          <Button unavailable={kept.length === 0 ? 'There is none.' : false} onClick={clearNotices}>
            Clear
          </Button>
          <Button kind="primary" onClick={close}>
            Close
          </Button>
        </>
      }
    >
      {kept.length === 0 ? (
        <p className="mute">There is no notice.</p>
      ) : (
        <ul className={styles.kept} aria-label="Notices of this session">
          {kept.toReversed().map((one) => (
            <KeptLine key={one.notice.id} kept={one} />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function KeptLine({ kept: { notice, at } }: { readonly kept: KeptNotice }) {
  const Icon = noticeIcons[notice.tone];
  const lines = noticeLines(notice);
  const [first] = lines;
  return (
    <li className={`${styles.keptLine} ${styles[notice.tone]}`}>
      <Icon size={16} aria-hidden />
      <div className={styles.words}>
        <div className={styles.keptTitle}>{notice.title}</div>
        {first === undefined ? null : lines.length === 1 ? (
          <div className={styles.text}>{first}</div>
        ) : (
          <details className={styles.text}>
            <summary>{first}</summary>
            <NoticeLines lines={lines.slice(1)} />
          </details>
        )}
      </div>
      <time className={styles.time} dateTime={new Date(at).toISOString()}>
        {formatTime(at)}
      </time>
    </li>
  );
}
