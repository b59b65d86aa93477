import type { Fleet, VirtualMachine } from '#shared/fleet/schema.ts';
import { findSecondary } from '#shared/fleet/selectors.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { selectRuns, useRuns } from '../../../fleet-mirror/runs-store.ts';

/** The migrations under way, by the virtual machine that each moves. */
export function underWay(): ReadonlyMap<string, ProcedureRun> {
  return machinesUnderWay(selectRuns(useRuns.getState(), isActive));
}

/** What each of these runs moves; those that move nothing are left out. */
export function machinesUnderWay(runs: readonly ProcedureRun[]): ReadonlyMap<string, ProcedureRun> {
  return new Map(
    runs.flatMap((run) =>
      run.plan.intent.kind === 'migrate' ? [[run.plan.intent.request.virtualMachineId, run] as const] : [],
    ),
  );
}

/** Why a virtual machine cannot be moved at all, wherever to; empty when it can. */
export function sourceRefusals(
  fleet: Fleet,
  machine: VirtualMachine,
  moving: ReadonlyMap<string, ProcedureRun>,
): string[] {
  const reasons: string[] = [];
  const run = moving.get(machine.id);
  if (run !== undefined) reasons.push(`It is under way already: ${run.plan.title}.`);
  const devices = machine.deviceIds.flatMap((id) => findSecondary(fleet, id) ?? []);
  if (devices.length === 0) {
    reasons.push('It has no secondary controller. Assign one in the topology first.');
  }
  if (machine.state === 'incoming') reasons.push('It is already being migrated.');
  if (machine.state === 'stopped') reasons.push('It is stopped: there is no state to move. Start it first.');
  const host = fleet.hosts[machine.hostId];
  for (const capability of [host?.capabilities.vfioMigration, host?.capabilities.virtualMachines]) {
    if (capability !== undefined && !capability.available) reasons.push(capability.reason);
  }
  return [...new Set(reasons)];
}
