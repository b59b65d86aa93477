import type { z } from 'zod';
import type { Fleet } from '../fleet/schema.ts';
import type { DowntimePhaseName } from '../migration/downtime.ts';
import type { AdminCommand } from '../nvme/command.ts';
import type { NvmeCliGeneration } from '../nvme/nvme-cli/nvme-cli-line.ts';
import type { Result } from '../result.ts';

/** What all steps have in common: data with a kind. */
export interface StepData {
  readonly kind: string;
}

type StepSchema = z.ZodObject<{ kind: z.ZodLiteral<string> }>;

/** The fleet ids that a step speaks of. */
export interface StepTargets {
  /** The first one is the controller whose managing controller is read again. */
  readonly controllers?: readonly string[];
  readonly machines?: readonly string[];
  readonly hosts?: readonly string[];
}

/** What a command line depends on besides the step. */
export interface LineContext {
  /** The fleet as it is before the step. */
  readonly fleet: Fleet;
  readonly nvmeCli: NvmeCliGeneration;
}

/** An admin command, and the controller whose admin queue takes it. */
export interface StepCommand {
  readonly controllerId: string;
  readonly command: AdminCommand;
}

/** How a step becomes an admin command. */
export interface CommandPart<S extends StepData> {
  /** NQN of the virtual subsystem whose identifier (VSID) the command carries; left out: it carries none. */
  vsidOf?(step: S): string;
  /** `vsid` is what the controlling function answers for `vsidOf`; only the device knows it. */
  build(step: S, fleet: Fleet, vsid: number): Result<StepCommand>;
}

/** Whether the effect of a step is there, and what the read-back saw. */
export interface StepEffect {
  readonly holds: boolean;
  /** For example `VF 12 is online with 4 VQ, 2 VI`. */
  readonly readBack: string;
}

/**
 * One value that a step sets and that can be read afterwards. `existence` of an object is special: whoever creates or
 * deletes the object overwrites all that was set on it before.
 */
export interface StepSetting {
  /** Fleet id of the object. */
  readonly object: string;
  /** `online`, `VQ`, `driver`, `existence`, `namespace 3`, … */
  readonly aspect: string;
  readonly value: string | number | boolean | null;
  /** The value has no influence until this aspect of the same object is set; left out: it counts at once. */
  readonly inForceWith?: string;
}

/** Which parts of its managing controller a step can have changed; PCI functions and virtual machines are always read. */
export interface StepScope {
  /** Primary capabilities and secondary list. */
  readonly resources?: boolean;
  readonly virtualSubsystems?: boolean;
  /** Functions with their handles, visibility and whether they may migrate. */
  readonly functions?: boolean;
  /** NSIDs whose attachments may have changed. */
  readonly namespaces?: readonly number[];
}

/**
 * Everything that the program knows of one kind of step, but for how it is carried out (`electron/backend/procedures/
 * perform`). `Inverse` are the kinds that undo it. The parts are methods, so that a definition of one kind can be asked
 * through the union of all.
 */
export interface StepParts<S extends StepData, Inverse extends StepData> {
  targets(step: S): StepTargets;
  /** One sentence in the imperative, from the fleet before the step: `Take 4 VQ resources for VF 12`. */
  words(step: S, fleet: Fleet): string;
  /** null: the step is no admin command (sysfs, hypervisor, VFIO driver). */
  readonly command: CommandPart<S> | null;
  /** The same thing on a shell, one line each; empty when no command line exists for it. */
  commandLines(step: S, context: LineContext): string[];
  /**
   * Why it cannot run on this fleet, one line each; empty when it can. Asked when a plan is made (on the predicted
   * fleet), right before the step runs (on the fleet as read), and before an undo.
   */
  blockers(step: S, fleet: Fleet): string[];
  /**
   * The fleet as it should be after the step. Planners need it to plan the steps behind it (and their inverses); the
   * runner never trusts it: it reads the effect back from the device.
   */
  predict(step: S, fleet: Fleet): Fleet;
  /** Compares a fleet that was read after the step with what the step should have done. */
  effect(step: S, fleet: Fleet): StepEffect;
  /** The steps that undo it, in the order to run them, from the fleet before it; empty: nothing to undo; null: it cannot be undone. */
  inverse(step: S, fleet: Fleet): Inverse[] | null;
  /**
   * What it sets. Empty: it leaves nothing that a later look could tell (a reset, an allocation for the next reset), so
   * it is never believed done, but run again.
   */
  sets(step: S): readonly StepSetting[];
  /** What must be read again to see its effect, from the fleet before it; null: nothing of the managing controller. */
  scope(step: S, fleet: Fleet): StepScope | null;
  /**
   * For a step behind whose failure a guest stands still: whether the fleet, as read after it failed, shows that it had no
   * effect, so that it may be carried out once more. Left out: it is never tried again.
   */
  mayRepeat?(step: S, fleet: Fleet): boolean;
  /**
   * What must be done before it is carried out once more when nobody knows how far it came: the program ended while it
   * ran, and its effect cannot be seen. Left out: nothing, it can be carried out again as it is.
   */
  beforeRepeat?(step: S): Inverse[];
  /**
   * It is done in parts, so it may be cut short with something done that is not its effect yet; what undoes it is then
   * run all the same. Left out: it is done or not.
   */
  readonly hasParts?: true;
  /** Id of the controller that it resets; left out: none. */
  resets?(step: S): string;
  /** The part of a guest's standstill that it belongs to; left out or null: what its place in the migration says. */
  downtime?(step: S): DowntimePhaseName | null;
}

export interface StepDefinition<Schema extends StepSchema, Inverse extends StepData>
  extends StepParts<z.infer<Schema>, Inverse> {
  readonly schema: Schema;
}

/** Checks a definition, and infers its types from its schema. */
export function defineStep<
  Schema extends StepSchema,
  Inverse extends StepData,
  Command extends CommandPart<z.infer<Schema>> | null,
>(
  definition: StepDefinition<Schema, Inverse> & { readonly command: Command },
): StepDefinition<Schema, Inverse> & { readonly command: Command } {
  return definition;
}
