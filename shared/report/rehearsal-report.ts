import type { Fleet } from '../fleet/schema.ts';
import type { Rehearsal } from '../rehearsal/rehearsal.ts';
import { type RehearsalReport, type ReportContext, reportVersion } from './report-schema.ts';
import { isoTime } from './run-report.ts';

/** The report of a script that was rehearsed. What it says comes from the copy, which is simulated whatever it copies. */
export function rehearsalReport(rehearsal: Rehearsal, fleet: Fleet, context: ReportContext): RehearsalReport {
  const { id: _id, status: _status, at: _at, threat: _threat, drives: _drives, ...kept } = rehearsal;
  return {
    kind: 'rehearsal',
    format: 'berth-report',
    version: reportVersion,
    programVersion: context.programVersion,
    title: `Rehearsal of ${rehearsal.name} on ${rehearsal.host.name}`,
    madeAt: isoTime(context.at),
    fleet: { name: rehearsal.copyOf.name, simulated: true, seed: fleet.source.seed },
    rehearsal: kept,
  };
}
