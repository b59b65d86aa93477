import { heldFunctions, otherCopies, resumeBlockers, resumeWarnings } from '../../fleet/rules/resuming.ts';
import type { Fleet, SecondaryController, VirtualMachine } from '../../fleet/schema.ts';
import { hostTitle } from '../../fleet/selectors.ts';
import { objectsOfRun } from '../../ownership/run-objects.ts';
import { type Result, succeed } from '../../result.ts';
import { lookUp } from '../../tables.ts';
import type { VfioState } from '../../vfio/device-state.ts';
import type { Intent } from '../intent.ts';
import type { Plan, ProcedureRun } from '../procedure.ts';
import type { Step } from '../step.ts';
import { type PlanBuilder, refusal } from './builder.ts';

type ResumeIntent = Extract<Intent, { kind: 'resume-machine' }>;
const phase = 'Resume';

/**
 * Lets a guest that stands paused, or that came with a migration and was not resumed, go on where it is: its functions
 * first, then the guest. Undone, it stands paused again, and what stood still stands still again.
 */
export function planResumeMachine(builder: PlanBuilder, intent: ResumeIntent): Result<Plan> {
  const { fleet } = builder;
  const { virtualMachineId } = intent;
  const machine = lookUp(fleet.virtualMachines, virtualMachineId);
  if (machine === undefined)
    return refusal('Resume the guest', [`The virtual machine ${virtualMachineId} no longer exists.`]);
  const title = `Resume ${machine.name} on ${hostTitle(fleet, machine.hostId)}`;
  builder.blockers.push(
    ...resumeBlockers(fleet, machine),
    ...runBlockers(fleet, machine, builder.options.unfinished ?? []),
  );
  if (builder.blockers.length > 0) return builder.finish(title, intent, '');
  releaseFunctions(builder, machine);
  builder.add({ kind: 'vm-resume', virtualMachineId }, phase);
  const planned = builder.finish(title, intent, '');
  const warnings = resumeWarnings(fleet, machine);
  return planned.ok && warnings.length > 0 ? succeed({ ...planned.value, warnings }) : planned;
}

/** What a procedure that has not ended has in its hands is not touched by another. */
function runBlockers(
  fleet: Fleet,
  machine: VirtualMachine,
  unfinished: readonly Pick<ProcedureRun, 'plan' | 'status'>[],
): string[] {
  const ids = [machine, ...otherCopies(fleet, machine)].map(({ id }) => id);
  return unfinished
    .filter((run) => ids.some((id) => objectsOfRun(run).has(id)))
    .map(({ plan, status }) =>
      status === 'interrupted'
        ? `“${plan.title}” was interrupted and has ${machine.name} in its hands. Resume it, roll it back or dismiss it first.`
        : `“${plan.title}” is under way and has ${machine.name} in its hands. Wait for its end, or abort it.`,
    );
}

/** Several functions resume in two hops: none writes into another that does not answer yet. */
function releaseFunctions(builder: PlanBuilder, machine: VirtualMachine): void {
  const held = heldFunctions(builder.fleet, machine);
  // Its driver believes that it runs: only a stop lets the driver resume it.
  for (const secondary of held) if (secondary.vfioState === 'RUNNING') setState(builder, secondary, 'STOP');
  const isOneOfSeveral = machine.deviceIds.length > 1;
  const hops = held.filter((secondary) => isOneOfSeveral && standsStill(secondary) && hasP2p(secondary));
  for (const secondary of hops) setState(builder, secondary, 'RUNNING_P2P', wayBack(secondary));
  for (const secondary of held)
    setState(builder, secondary, 'RUNNING', hops.includes(secondary) ? undefined : wayBack(secondary));
}

function standsStill({ vfioState }: SecondaryController): boolean {
  return vfioState === 'STOP' || vfioState === 'STOP_COPY' || vfioState === 'RUNNING';
}

function hasP2p({ vfioOffer }: SecondaryController): boolean {
  return vfioOffer.flags?.p2p === true;
}

/** Back to a stop, but to no session in which somebody read: its data went when it ended. */
function wayBack({ id: controllerId, vfioState }: SecondaryController): Step[] | undefined {
  if (vfioState === 'STOP_COPY') return [{ kind: 'vfio-set-state', controllerId, state: 'STOP' }];
  return vfioState === 'PRE_COPY' || vfioState === 'PRE_COPY_P2P' ? [] : undefined;
}

function setState(
  builder: PlanBuilder,
  { id: controllerId }: SecondaryController,
  state: VfioState,
  undoneBy?: Step[],
): void {
  builder.add(
    { kind: 'vfio-set-state', controllerId, state },
    phase,
    undoneBy === undefined ? {} : { undoneBy },
  );
}
