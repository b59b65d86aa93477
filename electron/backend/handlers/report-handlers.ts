import { type ReportDependencies, renderReport } from '../reports/render-report.ts';
import type { Handlers } from './handler.ts';

/** Reports as texts; the shell asks for a place and writes them. */
export function createReportHandlers(dependencies: ReportDependencies): Handlers<'report:render'> {
  return { 'report:render': (request) => renderReport(dependencies, request) };
}
