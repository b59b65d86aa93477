import { z } from 'zod';
import { virtualSubsystemIdOf } from '../../fleet/ids.ts';
import type { ProcedureRun } from '../../procedure/procedure.ts';
import { definitionOf, type Step } from '../../procedure/step.ts';
import { valueSetBy } from '../../procedure/step-values.ts';

const common = {
  /** When the step was done, milliseconds since the Unix epoch. */
  at: z.number(),
  runId: z.string(),
  /** Title of the procedure that did it. */
  by: z.string(),
};

/** A virtual subsystem that a procedure deleted from a controlling function. */
export const subsystemDeletionSchema = z.object({
  ...common,
  nqn: z.string(),
  primaryId: z.string(),
  hostId: z.string(),
});
export type SubsystemDeletion = z.infer<typeof subsystemDeletionSchema>;

/** A source secondary that a migration gave back and that nothing has used since. */
export const secondaryReleaseSchema = z.object({
  ...common,
  secondaryId: z.string(),
  virtualMachineName: z.string(),
  /** Its function was reset after the guest had left it. */
  wasReset: z.boolean(),
});
export type SecondaryRelease = z.infer<typeof secondaryReleaseSchema>;

type JournalRun = Pick<ProcedureRun, 'id' | 'plan' | 'steps' | 'startedAt' | 'migration'>;

interface DoneStep {
  readonly run: JournalRun;
  readonly step: Step;
  readonly hostId: string;
  readonly at: number;
}

/** Every step that was done and not taken back, oldest first. */
function doneSteps(newestFirst: readonly JournalRun[]): DoneStep[] {
  return newestFirst.toReversed().flatMap((run) =>
    run.plan.steps.flatMap(({ step, hostId }, index) => {
      const state = run.steps[index];
      if (state?.status !== 'done') return [];
      const took = (state.durationMicroseconds ?? 0) / 1000;
      return [{ run, step, hostId, at: Math.round((state.startedAt ?? run.startedAt) + took) }];
    }),
  );
}

/** Virtual subsystems that procedures deleted and none has created again at the same place, newest first, as the runs. */
export function deletionsOf(runs: readonly JournalRun[]): SubsystemDeletion[] {
  const found = new Map<string, SubsystemDeletion>();
  for (const { run, step, hostId, at } of doneSteps(runs)) {
    if (!('nqn' in step && 'primaryId' in step)) continue;
    const { nqn, primaryId } = step;
    const key = virtualSubsystemIdOf(primaryId, nqn);
    const exists = valueSetBy(step, key, 'existence');
    if (exists === undefined) continue;
    found.delete(key);
    if (exists === false) found.set(key, { at, runId: run.id, by: run.plan.title, nqn, primaryId, hostId });
  }
  return [...found.values()].reverse();
}

/** What puts a secondary to use when a step sets it. */
const usedAgain: ReadonlySet<string> = new Set(['virtual subsystem', 'online', 'virtual machine']);

/** Source secondaries that migrations have given back and no later procedure has put to use. Runs newest first. */
export function releasesOf(runs: readonly JournalRun[]): Map<string, SecondaryRelease> {
  const released = new Map<string, SecondaryRelease>();
  for (const { run, step, at } of doneSteps(runs)) {
    const { migration } = run;
    const definition = definitionOf(step);
    for (const { object, aspect, value } of definition.sets(step)) {
      if (aspect === 'virtual subsystem' && value === null && migration !== null)
        released.set(object, {
          ...{ at, runId: run.id, by: run.plan.title, secondaryId: object },
          virtualMachineName: migration.virtualMachineName,
          wasReset: false,
        });
      else if (usedAgain.has(aspect) && value !== null && value !== false) released.delete(object);
    }
    const resetId = definition.resets?.(step);
    const known = resetId === undefined ? undefined : released.get(resetId);
    if (resetId !== undefined && known !== undefined) released.set(resetId, { ...known, wasReset: true });
  }
  return released;
}
