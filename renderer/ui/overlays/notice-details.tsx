import { Button } from '../controls/button.tsx';
import { CopyButton } from '../controls/copy-button.tsx';
import { Dialog } from './dialog.tsx';
import styles from './notice-area.module.css';
import { type Notice, noticeLines } from './notices.ts';

/** One notice with every line of it. */
export function NoticeDetails({
  notice,
  onClose,
}: {
  readonly notice: Notice;
  readonly onClose: () => void;
}) {
  const lines = noticeLines(notice);
  return (
    <Dialog
      open
      reading
      wide
      onClose={onClose}
      title={notice.title}
      footer={
        <>
          <CopyButton text={[notice.title, ...lines].join('\n')} what="notice" />
          <Button kind="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <NoticeLines lines={lines} />
    </Dialog>
  );
}

export function NoticeLines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul className={styles.allLines}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a notice never change
        <li key={index}>{line}</li>
      ))}
    </ul>
  );
}
