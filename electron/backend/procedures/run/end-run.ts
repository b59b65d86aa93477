import type { Fleet } from '#shared/fleet/schema.ts';
import { findPrimary } from '#shared/fleet/selectors.ts';
import type { Plan } from '#shared/procedure/procedure.ts';
import { stepHostIds, stepManager } from '#shared/procedure/step-hosts.ts';
import type { BerthError } from '#shared/result.ts';
import type { HostScope } from '../../fleet/fleet-writer.ts';
import type { RunUnderWay } from './run-under-way.ts';

/** Ends a run, whatever became of it: the hosts that it touched are looked at once more, for the audit of who has what. */
export async function endRun(
  { record, writer }: Pick<RunUnderWay, 'record' | 'writer'>,
  status: 'done' | 'rolled-back' | 'failed',
  error: BerthError | null,
): Promise<void> {
  await writer.refresh(scopesToAudit(record.run.plan, writer.fleet));
  await record.end(status, error);
}

/**
 * Functions and virtual machines of every host, for which no command is sent; where guests were stopped or functions saved,
 * also whether a function of a guest is suspended.
 */
function scopesToAudit({ steps }: Plan, fleet: Fleet): HostScope[] {
  const hostIds = new Set(steps.flatMap(({ step }) => stepHostIds(step, fleet)));
  const managers = new Set(
    steps.flatMap(({ step }) => (step.kind === 'vfio-set-state' ? (stepManager(step, fleet)?.id ?? []) : [])),
  );
  return [...hostIds].map((hostId) => ({
    hostId,
    controllers: [...managers].flatMap((id) => {
      const primary = findPrimary(fleet, id);
      if (primary?.hostId !== hostId || primary.pciAddress === null) return [];
      return [{ address: primary.pciAddress, suspension: true }];
    }),
  }));
}
