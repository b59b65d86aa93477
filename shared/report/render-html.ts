import { unreachable } from '../result.ts';
import { page } from './page.ts';
import { rehearsalBody } from './rehearsal-html.ts';
import type { Report } from './report-schema.ts';
import { runBody } from './run-html.ts';
import { topologyBody } from './topology-html.ts';

/** A report as one HTML document: printable, nothing outside it is needed, every text in it is escaped. */
export function renderHtml(report: Report): string {
  switch (report.kind) {
    case 'run':
      return page(report, runBody(report));
    case 'topology':
      return page(report, topologyBody(report));
    case 'rehearsal':
      return page(report, rehearsalBody(report));
    default:
      return unreachable(report);
  }
}
