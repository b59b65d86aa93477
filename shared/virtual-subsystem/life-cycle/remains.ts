import { z } from 'zod';
import type { Fleet, SecondaryController, VirtualMachine, VirtualSubsystem } from '../../fleet/schema.ts';
import {
  controllerFullTitle,
  findSecondary,
  hostTitle,
  machineOf,
  virtualSubsystemOf,
  virtualSubsystemTitle,
} from '../../fleet/selectors.ts';
import type { MigrationRequest } from '../../migration/request.ts';
import { intentSchema } from '../../procedure/intent.ts';
import type { ProcedureRun } from '../../procedure/procedure.ts';
import { definitionOf } from '../../procedure/step.ts';
import { valueSetBy } from '../../procedure/step-values.ts';

/** What a migration that had passed its point of no return left at its source, and the procedure that takes it back. */
export const migrationRemainsSchema = z.object({
  runId: z.string(),
  by: z.string(),
  virtualMachineName: z.string(),
  /** Virtual NQNs that the guest had at the source. */
  nqns: z.array(z.string()),
  /** One line each: `VF 3 of hv-a/nvme1 is still a member of my_v_nqn_1`. */
  what: z.array(z.string()).min(1),
  cleanUp: intentSchema,
});
export type MigrationRemains = z.infer<typeof migrationRemainsSchema>;

/**
 * What is left at the sources of ended migrations, newest first, as the runs. It follows from the fleet as it is now: what another
 * procedure or another program has taken back is not told again. What is in use again is no remains.
 */
export function migrationRemains(fleet: Fleet, runs: readonly ProcedureRun[]): MigrationRemains[] {
  const seen = new Set<string>();
  return runs.flatMap((run) => {
    const touched = run.plan.steps.flatMap(({ step }) => definitionOf(step).targets(step).controllers ?? []);
    const found = hasMoved(run) ? remainsOf(fleet, run, seen) : [];
    // An older run says nothing of a secondary that a newer one has had in its hands.
    if (run.status !== 'rolled-back') for (const id of touched) seen.add(id);
    return found;
  });
}

/**
 * Over, and past the point from which the guest belongs to the destination. While it is not proven to have everything there,
 * the source is what is left of it, and no remains.
 */
function hasMoved({ status, plan, steps, migration }: ProcedureRun): boolean {
  const noReturn = plan.pointOfNoReturn;
  const over = status === 'done' || status === 'failed';
  const unproven = plan.steps.some(
    ({ step }, index) => step.kind === 'migration-proof' && steps[index]?.status === 'failed',
  );
  return over && !unproven && migration !== null && noReturn !== null && steps[noReturn]?.status === 'done';
}

function remainsOf(fleet: Fleet, run: ProcedureRun, seen: ReadonlySet<string>): MigrationRemains[] {
  const { intent } = run.plan;
  if (intent.kind !== 'migrate') return [];
  const { request } = intent;
  const machine = fleet.virtualMachines[request.virtualMachineId];
  if (machine?.state === 'running' || machine?.state === 'incoming') return [];
  const sources = request.devices.flatMap(({ sourceId }) =>
    seen.has(sourceId) ? [] : (findSecondary(fleet, sourceId) ?? []),
  );
  const left = sources.map((secondary) => ({
    secondary,
    what: leftWords(fleet, run, request, secondary, machine),
  }));
  const emptied = emptiedSubsystems(fleet, run);
  const what = [
    ...left.flatMap((one) => one.what),
    ...emptied
      .filter(({ members }) => members.length === 0)
      .map(
        (one) =>
          `${virtualSubsystemTitle(one)} is still on ${hostTitle(fleet, one.hostId)}, without members.`,
      ),
  ];
  if (what.length === 0) return [];
  return [
    {
      ...{ runId: run.id, by: run.plan.title, what },
      virtualMachineName: run.migration?.virtualMachineName ?? '',
      nqns: [...new Set(request.devices.flatMap(({ sourceId }) => nqnIn(run, sourceId)))],
      cleanUp: {
        kind: 'clean-up-source',
        secondaryIds: left.filter((one) => one.what.length > 0).map(({ secondary }) => secondary.id),
        virtualSubsystemIds: emptied.map(({ id }) => id),
        virtualMachineId: machine === undefined ? null : machine.id,
        detachNamespaces: request.options.releaseSource && request.options.detachSourceNamespaces,
        release: request.options.releaseSource,
      },
    },
  ];
}

/** Virtual subsystems that the migration was to delete at the source, and that are there. */
function emptiedSubsystems(fleet: Fleet, { plan }: ProcedureRun): VirtualSubsystem[] {
  return plan.steps.flatMap(({ step }) =>
    definitionOf(step)
      .sets(step)
      .flatMap(({ object, aspect, value }) =>
        aspect === 'existence' && value === false ? (fleet.virtualSubsystems[object] ?? []) : [],
      ),
  );
}

function nqnIn(run: ProcedureRun, secondaryId: string): string[] {
  return run.plan.steps.flatMap(({ step }) =>
    'nqn' in step && valueSetBy(step, secondaryId, 'virtual subsystem') === null ? [step.nqn] : [],
  );
}

function leftWords(
  fleet: Fleet,
  run: ProcedureRun,
  { options }: MigrationRequest,
  secondary: SecondaryController,
  machine: VirtualMachine | undefined,
): string[] {
  const title = controllerFullTitle(fleet, secondary);
  const owner = machineOf(fleet, secondary);
  // Handed to another guest since, by another program: in use, not left.
  if (owner !== undefined && owner.id !== machine?.id) return [];
  const subsystem = virtualSubsystemOf(fleet, secondary);
  const words: string[] = [];
  if (owner !== undefined) words.push(`${title} is still in ${owner.name} (${owner.state}) at the source.`);
  if (subsystem !== undefined)
    words.push(`${title} is still a member of ${virtualSubsystemTitle(subsystem)} there.`);
  if (secondary.driver === 'vfio-pci') words.push(`${title} is still bound to vfio-pci.`);
  if (!wasReset(run, secondary.id) && secondary.pciAddress !== null)
    words.push(`${title} was not reset after the guest left it.`);
  if (!options.releaseSource) return words;
  if (options.detachSourceNamespaces && secondary.attachedNamespaces.length > 0)
    words.push(`${title} still reaches namespace ${secondary.attachedNamespaces.join(', ')}.`);
  if (secondary.online || secondary.nvq > 0 || secondary.nvi > 0)
    words.push(`${title} still holds ${secondary.nvq} VQ and ${secondary.nvi} VI.`);
  return words;
}

function wasReset({ plan, steps }: ProcedureRun, controllerId: string): boolean {
  return plan.steps.some(
    ({ step }, index) =>
      definitionOf(step).resets?.(step) === controllerId && steps[index]?.status === 'done',
  );
}
