import { useEffect, useRef } from 'react';
import type { RequestOf } from '#shared/ipc/contract.ts';
import { useRequest } from '../bridge/use-request.ts';
import { ScrollRegion } from '../ui/content/scroll-region.tsx';
import { ErrorPane, LoadingState } from '../ui/content/states.tsx';
import { parseReport } from './report-document.ts';
import styles from './reports.module.css';

/** The report as it is exported, in a shadow tree so that neither its styles nor ours reach the other. */
export function ReportPreview({
  subject,
  version,
}: {
  readonly subject: RequestOf<'report:render'>['subject'];
  /** Renders anew when it changes. */
  readonly version: unknown;
}) {
  const holder = useRef<HTMLElement>(null);
  const { value, error, reload } = useRequest('report:render', { subject, format: 'html' }, version);
  const html = value?.text ?? null;
  useEffect(() => {
    const element = holder.current;
    if (element === null || html === null) return;
    // A shadow tree can be attached once only, the content often.
    const shadow = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const report = parseReport(html);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(report.styles);
    shadow.adoptedStyleSheets = [sheet];
    shadow.replaceChildren(report.content);
  }, [html]);
  if (error !== null) {
    return <ErrorPane error={error} title="The report could not be made" onRetry={reload} />;
  }
  return (
    <>
      {html === null ? <LoadingState>Making the report…</LoadingState> : null}
      <ScrollRegion ref={holder} className={styles.preview} hidden={html === null} label="Preview" />
    </>
  );
}
