import type { Fleet } from '../fleet/schema.ts';
import type { ProcedureRun } from '../procedure/procedure.ts';
import { isActive } from '../procedure/run/is-active.ts';
import { stepHostIds } from '../procedure/step-hosts.ts';
import type { OwnershipFinding } from './finding.ts';
import { functionFindings } from './function-findings.ts';
import { guestFindings } from './guest-findings.ts';
import { runFindings } from './run-findings.ts';
import { objectsOfRun } from './run-objects.ts';
import { recovery } from './ways-out.ts';

/**
 * Who has what, for each guest and each function: what is not in order, with the ways out; empty when everything is. Pure:
 * it says what the fleet as last read and the records of procedures say. What a procedure under way has in its hands is
 * left out, because it is meant to be in between.
 * @param runs newest first, of the open source
 * @param ended the run that has just ended: everything that it meant is checked. Of older ones only what was found when
 * they ended is looked for again, because what was in order then was changed by somebody else since.
 */
export function auditOwnership(
  fleet: Fleet,
  runs: readonly ProcedureRun[] = [],
  ended: ProcedureRun | null = null,
): OwnershipFinding[] {
  const underWay = new Set(runs.filter(isActive).flatMap((run) => [...objectsOfRun(run)]));
  const found = [
    ...guestFindings(fleet),
    ...functionFindings(fleet),
    ...recordedFindings(fleet, runs, ended),
  ];
  return found
    .filter(({ objectIds }) => !objectIds.some((id) => underWay.has(id)))
    .map((finding) => ({
      ...finding,
      waysOut: [
        ...recovery(ended === null ? runs : [ended, ...runs], finding.objectIds, objectsOfRun),
        ...finding.waysOut,
      ],
    }));
}

/** The audit that a run's record keeps: what is not in order on the hosts that it touched. */
export function auditOfRun(
  fleet: Fleet,
  run: ProcedureRun,
  underWay: readonly ProcedureRun[],
): OwnershipFinding[] {
  const hostIds = new Set(run.plan.steps.flatMap(({ step }) => stepHostIds(step, fleet)));
  const others = underWay.filter(({ id }) => id !== run.id);
  return auditOwnership(fleet, others, run).filter(({ objectIds }) =>
    objectIds.some((objectId) => hostIds.has(objectId.slice(0, objectId.search(/[/:]/)))),
  );
}

function recordedFindings(
  fleet: Fleet,
  runs: readonly ProcedureRun[],
  ended: ProcedureRun | null,
): OwnershipFinding[] {
  const shadowed = new Set<string>();
  const told = new Set<string>();
  const records = ended === null ? runs : [ended, ...runs.filter(({ id }) => id !== ended.id)];
  return records.flatMap((run) => {
    if (isActive(run)) return [];
    const found = runFindings(fleet, run, shadowed).filter((finding) => {
      const key = `${finding.kind} ${finding.objectIds[0]}`;
      const isNews = run === ended || run.status === 'interrupted' || wasFound(run, finding);
      if (!isNews || told.has(key)) return false;
      told.add(key);
      return true;
    });
    // A roll-back leaves things to the run before it; everything else has had them in its hands.
    if (run.status !== 'rolled-back') for (const id of objectsOfRun(run)) shadowed.add(id);
    return found;
  });
}

function wasFound({ audit = [] }: ProcedureRun, { kind, objectIds }: OwnershipFinding): boolean {
  return audit.some((before) => before.kind === kind && before.objectIds[0] === objectIds[0]);
}
