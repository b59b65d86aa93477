import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import { Button } from '../controls/button.tsx';
import styles from './dialog.module.css';

/** A modal dialog: traps the focus, Esc closes it, the focus returns to where it was. */
export function Dialog({
  open,
  onClose,
  title,
  description,
  wide = false,
  footer,
  initialFocus,
  reading = false,
  children,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly wide?: boolean;
  /** Buttons, right-aligned. */
  readonly footer?: ReactNode;
  readonly initialFocus?: RefObject<HTMLElement | null>;
  /** The body holds text only: it takes the focus itself, so that the keyboard can scroll it. */
  readonly reading?: boolean;
  readonly children: ReactNode;
}) {
  const body = useRef<HTMLDivElement>(null);
  return (
    <BaseDialog.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={styles.backdrop} />
        <BaseDialog.Popup
          className={`${styles.popup} ${wide ? styles.wide : ''}`}
          initialFocus={initialFocus ?? (() => firstField(body.current))}
        >
          <div className={styles.head}>
            <div className={styles.headText}>
              <BaseDialog.Title className={styles.title}>{title}</BaseDialog.Title>
              {description === undefined ? null : (
                <BaseDialog.Description className={styles.description}>{description}</BaseDialog.Description>
              )}
            </div>
            <BaseDialog.Close
              render={
                <Button kind="quiet" size="small" icon aria-label="Close">
                  <X size={16} aria-hidden />
                </Button>
              }
            />
          </div>
          <div ref={body} className={styles.body} tabIndex={reading ? 0 : undefined}>
            {children}
          </div>
          {footer === undefined ? null : <div className={styles.foot}>{footer}</div>}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

/** What a dialog is opened for stands in its body; the Close button comes first in the document only. */
function firstField(body: HTMLElement | null): HTMLElement | null {
  if (body === null || body.tabIndex === 0) return body;
  return body.querySelector('input, textarea, button:not([tabindex="-1"]), [tabindex="0"]');
}
