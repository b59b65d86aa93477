import { CircleAlert, Info, LoaderCircle, type LucideIcon, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { BerthError } from '#shared/result.ts';
import { Button } from '../controls/button.tsx';
import styles from './states.module.css';

/** Nothing here yet: says what would be here and offers the next thing to do. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  actions,
}: {
  readonly icon?: LucideIcon;
  readonly title: string;
  readonly children?: ReactNode;
  /** Buttons, the one that helps most first. */
  readonly actions?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      {Icon === undefined ? null : <Icon size={30} strokeWidth={1.5} aria-hidden />}
      <div className={styles.emptyTitle}>{title}</div>
      {children === undefined ? null : <div className={styles.emptyText}>{children}</div>}
      {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

/** Work in progress, in words. */
export function LoadingState({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles.loading} role="status">
      <LoaderCircle size={18} className={styles.spinner} aria-hidden />
      {children}
    </div>
  );
}

/** Banners one below the other, over what they are about. */
export function Banners({ children }: { readonly children: ReactNode }) {
  return <div className={styles.banners}>{children}</div>;
}

/** A framed statement inside a screen: refused, stale, read-only, consequences. */
export function Banner({
  tone = 'info',
  title,
  lines = [],
  actions,
  children,
}: {
  readonly tone?: 'info' | 'warning' | 'error';
  readonly title: ReactNode;
  /** One is a sentence, several become a list. Each must differ from the others. */
  readonly lines?: readonly string[];
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}) {
  const Icon = { info: Info, warning: TriangleAlert, error: CircleAlert }[tone];
  return (
    <div role={tone === 'error' ? 'alert' : 'note'} className={`${styles.banner} ${styles[`${tone}Banner`]}`}>
      <Icon size={16} aria-hidden />
      <div>
        <div className={styles.bannerTitle}>{title}</div>
        {lines.length === 0 ? null : lines.length === 1 ? (
          <div className={styles.bannerText}>{lines[0]}</div>
        ) : (
          <BannerLines lines={lines} />
        )}
        {children === undefined ? null : <div className={styles.bannerText}>{children}</div>}
      </div>
      {actions === undefined ? <span /> : <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

/** So many lines stand in a banner by themselves; the others unfold. */
const linesAtOnce = 12;

function BannerLines({ lines }: { readonly lines: readonly string[] }) {
  const [all, setAll] = useState(false);
  const rest = lines.length - linesAtOnce;
  // A list that is one line too long is shown whole: the button would take that line's place.
  const shown = all || rest <= 1 ? lines : lines.slice(0, linesAtOnce);
  return (
    <>
      <ul className={styles.bannerList}>
        {shown.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {shown.length === lines.length ? null : (
        <Button size="small" kind="quiet" onClick={() => setAll(true)}>
          Show {rest.toLocaleString('en-US')} more
        </Button>
      )}
    </>
  );
}

/** An error in the place of a screen or of one of its panes. */
export function ErrorPane(notice: Parameters<typeof ErrorNotice>[0]) {
  return (
    <div className={styles.errorPane}>
      <ErrorNotice {...notice} />
    </div>
  );
}

/** An error as it came: what, about which object and field, every detail, and the fix. */
export function ErrorNotice({
  error,
  title,
  onRetry,
}: {
  readonly error: BerthError;
  /** What was tried, for example `The plan was refused`; left out: the error's own sentence. */
  readonly title?: string;
  readonly onRetry?: (() => void) | undefined;
}) {
  // Object and field, as the error names them: `hosts[0] · name`.
  const about = [error.object, error.field].filter((part) => part !== undefined).join(' · ');
  // A refusal with one reason says it in its message and in its details.
  const details = (error.details ?? []).filter((line) => line !== error.message);
  const lines = [
    ...(title === undefined ? [] : [error.message]),
    ...(about === '' ? [] : [about]),
    ...details,
    ...(error.fix === undefined ? [] : [error.fix]),
  ];
  return (
    <Banner
      tone="error"
      title={title ?? error.message}
      lines={lines}
      actions={
        onRetry === undefined ? undefined : (
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    />
  );
}
