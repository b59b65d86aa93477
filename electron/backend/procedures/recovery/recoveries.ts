import type { Fleet } from '#shared/fleet/schema.ts';
import type { NvmeCliGeneration } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import { type Agreed, nothingAgreed, requireAgreement } from '#shared/procedure/agreement.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Proposal, Reviewed, StartAnswer } from '#shared/procedure/proposal.ts';
import { planRecovery, recoveryStateOf } from '#shared/procedure/recovery/plan-recovery.ts';
import type { Recovery, RecoveryState } from '#shared/procedure/recovery/recovery.ts';
import { type Result, succeed } from '#shared/result.ts';
import type { FleetWriter } from '../../fleet/fleet-writer.ts';
import type { Store } from '../../store/store.ts';
import { unknownRun } from '../prepare-change.ts';
import { createProposals } from '../proposals.ts';
import type { ProcedureRunner } from '../runner.ts';

/** The ways on of procedures that were interrupted: looked at first, then started as they were looked at. */
export interface Recoveries {
  state(runId: string): Result<RecoveryState>;
  propose(runId: string, how: Recovery, reviewed?: Reviewed): Result<Proposal>;
  /**
   * Starts what was reviewed. Where it would do something else by now, the answer is that, and nothing has happened;
   * refused when it cuts off a guest, or leaves one standing still, that is not in `agreed`.
   */
  startReviewed(
    runId: string,
    how: Recovery,
    reviewed: Reviewed,
    agreed?: Agreed,
  ): Promise<Result<StartAnswer>>;
}

export function createRecoveries(deps: {
  readonly writer: Pick<FleetWriter, 'fleet' | 'revision'>;
  readonly store: Pick<Store, 'run'>;
  readonly runner: Pick<ProcedureRunner, 'find' | 'recover'>;
  /** Key of the source that is open. */
  sourceKey(): string;
  /** The spelling of command lines. */
  nvmeCli(): NvmeCliGeneration;
}): Recoveries {
  const proposals = createProposals();

  /** The run in its newest state, and its fleet where that is open. */
  const find = (runId: string): Result<{ readonly run: ProcedureRun; readonly fleet: Fleet | null }> => {
    const stored = deps.store.run(runId);
    const run = deps.runner.find(runId);
    if (stored === null || run === null) return unknownRun(runId);
    return succeed({ run, fleet: stored.source === deps.sourceKey() ? deps.writer.fleet : null });
  };

  const propose = (runId: string, how: Recovery, reviewed: Reviewed | null): Result<Proposal> => {
    const found = find(runId);
    if (!found.ok) return found;
    const { run, fleet } = found.value;
    const planned = planRecovery(fleet, run, how, { nvmeCli: deps.nvmeCli() });
    if (!planned.ok) return planned;
    const { plan, guestsCutOff } = planned.value;
    return succeed(proposals.propose(plan, deps.writer, reviewed, guestsCutOff));
  };

  return {
    state(runId) {
      const found = find(runId);
      return found.ok ? succeed(recoveryStateOf(found.value.fleet, found.value.run)) : found;
    },
    propose: (runId, how, reviewed) => propose(runId, how, reviewed ?? null),
    // No await before the runner has it. Where a guest may have moved, the runner looks for that on its hosts first.
    async startReviewed(runId, how, reviewed, agreed = nothingAgreed) {
      const proposal = propose(runId, how, reviewed);
      if (!proposal.ok) return proposal;
      if (proposal.value.changes !== null)
        return succeed({ outcome: 'plan-changed', proposal: proposal.value });
      const agreement = requireAgreement(proposal.value, proposal.value.guestsCutOff, agreed);
      if (!agreement.ok) return agreement;
      const { warnings } = proposal.value;
      const run = await deps.runner.recover(runId, how, { agreed, ...(warnings && { warnings }) });
      return run.ok ? succeed({ outcome: 'started', run: run.value }) : run;
    },
  };
}
