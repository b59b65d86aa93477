import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { Button } from '../controls/button.tsx';
import styles from './notice-area.module.css';
import { dismissNotice, type NoticeTone, useNotices } from './notices.ts';

const icons = { info: Info, success: CircleCheck, warning: TriangleAlert, error: CircleAlert } as const;
const words: Record<NoticeTone, string> = { info: '', success: '', warning: 'Warning: ', error: 'Error: ' };

/** Where notices appear; a live region, so that they are also said. Mounted once by the frame. */
export function NoticeArea() {
  const notices = useNotices((state) => state.notices);
  return (
    <section className={styles.area} aria-label="Notices" aria-live="polite">
      {notices.map((notice) => {
        const Icon = icons[notice.tone];
        return (
          <div
            key={notice.id}
            role={notice.tone === 'error' ? 'alert' : 'status'}
            className={`${styles.notice} ${styles[notice.tone]}`}
          >
            <Icon size={16} aria-hidden />
            <div>
              <div className={styles.title}>
                <span className="visually-hidden">{words[notice.tone]}</span>
                {notice.title}
              </div>
              {notice.text === undefined ? null : <div className={styles.text}>{notice.text}</div>}
              {(notice.details ?? []).map((detail) => (
                <div key={detail} className={styles.text}>
                  {detail}
                </div>
              ))}
            </div>
            <div className={styles.buttons}>
              {notice.action === undefined ? null : (
                <Button
                  size="small"
                  onClick={() => {
                    notice.action?.run();
                    dismissNotice(notice.id);
                  }}
                >
                  {notice.action.label}
                </Button>
              )}
              <Button
                kind="quiet"
                size="small"
                icon
                aria-label="Dismiss"
                onClick={() => dismissNotice(notice.id)}
              >
                <X size={14} aria-hidden />
              </Button>
            </div>
          </div>
        );
      })}
    </section>
  );
}
