import type { Fleet } from '#shared/fleet/schema.ts';
import type { RequestOf, ResponseOf } from '#shared/ipc/contract.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Rehearsal } from '#shared/rehearsal/rehearsal.ts';
import { rehearsalReport } from '#shared/report/rehearsal-report.ts';
import { renderHtml } from '#shared/report/render-html.ts';
import { type Report, reportSchema } from '#shared/report/report-schema.ts';
import { runReport } from '#shared/report/run-report.ts';
import { topologyReport } from '#shared/report/topology-report.ts';
import { type Result, succeed, unreachable } from '#shared/result.ts';
import type { Clock } from '../ports.ts';

export interface ReportDependencies {
  readonly fleet: () => Fleet;
  /** A run of the history, or one that is under way. */
  readonly findRun: (runId: string) => Result<ProcedureRun> | Promise<Result<ProcedureRun>>;
  /** A rehearsal that is there; its newest state. */
  readonly findRehearsal: (id: number) => Result<Rehearsal>;
  readonly clock: Pick<Clock, 'now'>;
  readonly programVersion: string;
}

/** Characters of a suggested file name that every file system takes. */
const longestName = 80;

/** A report as a text to write, with a name to suggest for its file. */
export async function renderReport(
  dependencies: ReportDependencies,
  { subject, format }: RequestOf<'report:render'>,
): Promise<Result<ResponseOf<'report:render'>>> {
  const report = await makeReport(dependencies, subject);
  if (!report.ok) return report;
  const text = format === 'html' ? renderHtml(report.value) : `${JSON.stringify(report.value, null, 2)}\n`;
  return succeed({ text, suggestedName: `${suggestedName(report.value)}.${format}` });
}

/** The model of a report; what leaves the program has passed its own schema. */
async function makeReport(
  { fleet, findRun, findRehearsal, clock, programVersion }: ReportDependencies,
  subject: RequestOf<'report:render'>['subject'],
): Promise<Result<Report>> {
  const context = { programVersion, at: clock.now() };
  switch (subject.kind) {
    case 'topology':
      return succeed(reportSchema.parse(topologyReport(fleet(), context)));
    case 'run': {
      const run = await findRun(subject.runId);
      return run.ok ? succeed(reportSchema.parse(runReport(run.value, fleet(), context))) : run;
    }
    case 'rehearsal': {
      const found = findRehearsal(subject.rehearsalId);
      return found.ok ? succeed(reportSchema.parse(rehearsalReport(found.value, fleet(), context))) : found;
    }
    default:
      return unreachable(subject);
  }
}

/** `berth-db-primary-moved-from-hv-a-to-hv-b-2026-11-23`. */
function suggestedName(report: Report): string {
  const day = (report.kind === 'run' ? report.startedAt : report.madeAt).slice(0, 10);
  const words = report.title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, longestName);
  return `berth-${words === '' ? 'report' : words}-${day}`;
}
