import type { PrimaryController, Problem, SecondaryController } from './schema.ts';

/**
 * Where what a primary controller says contradicts itself; shown as problems beside it, because a rule that trusts such
 * numbers would decide wrongly.
 */
export function primaryContradictions(
  device: string,
  primary: PrimaryController,
  secondaries: readonly SecondaryController[],
): Problem[] {
  const problems: Problem[] = [];
  for (const [label, pool, held] of [
    ['VQ', primary.vq, secondaries.reduce((sum, secondary) => sum + secondary.nvq, 0)],
    ['VI', primary.vi, secondaries.reduce((sum, secondary) => sum + secondary.nvi, 0)],
  ] as const) {
    const source = `${device} · Primary Controller Capabilities`;
    if (!pool.supported) continue;
    if (pool.assignedToSecondaries !== held)
      problems.push({
        source,
        field: `${label}RFA`,
        message: `It reports ${pool.assignedToSecondaries} assigned to secondary controllers, but the Secondary Controller List adds up to ${held}.`,
      });
    if (pool.assignedToSecondaries + pool.allocatedToPrimary > pool.total)
      problems.push({
        source,
        field: `${label}FRT`,
        message: `It reports a total of ${pool.total}, but ${pool.assignedToSecondaries + pool.allocatedToPrimary} are in use.`,
      });
  }
  const source = `${device} · Secondary Controller List`;
  const seen = new Set<number>();
  for (const { vfn, cntlid } of secondaries) {
    if (vfn > primary.totalVfs)
      problems.push({
        source,
        field: 'VFN',
        message: `Controller ${cntlid} is VF ${vfn}, but there are only ${primary.totalVfs} (TotalVFs).`,
      });
    if (vfn > 0 && seen.has(vfn))
      problems.push({ source, field: 'VFN', message: `Two controllers report that they are VF ${vfn}.` });
    seen.add(vfn);
  }
  return problems;
}
