import { areOfSeveralDrives, driveOf } from '../../fleet/drive-names.ts';
import type { Controller, Fleet } from '../../fleet/schema.ts';
import { controllerFullTitle } from '../../fleet/selectors.ts';
import { layered } from '../../layered-record.ts';
import type { Compatibility } from '../../migration/checks/check.ts';
import type { NvmeCliGeneration } from '../../nvme/nvme-cli/nvme-cli-line.ts';
import { fail, type Result, succeed } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan, ProcedureRun } from '../procedure.ts';
import { definitionOf, type PlannedStep, type Step } from '../step.ts';
import { stepHostIds } from '../step-hosts.ts';

/** What a plan depends on besides the fleet and the intent. */
export interface PlanOptions {
  /** The spelling of its nvme-cli lines; left out: 2.x. */
  readonly nvmeCli?: NvmeCliGeneration | undefined;
  /** The checks of a migration, where they were made already for this fleet. */
  readonly compatibility?: Compatibility | undefined;
  /** Procedures of this fleet that have not ended; left out: none. */
  readonly unfinished?: readonly Pick<ProcedureRun, 'plan' | 'status'>[] | undefined;
}

/**
 * Collects the steps of a plan. Every step is put into words, given its command lines, its inverse and its check against
 * the fleet as the steps before it will have left it.
 */
export class PlanBuilder {
  readonly steps: PlannedStep[] = [];
  readonly consequences: string[] = [];
  /** What of the selection stays as it is, and why. */
  readonly left: string[] = [];
  /** Everything that stands against the plan; a plan with blockers is refused with all of them. */
  readonly blockers: string[] = [];
  readonly options: PlanOptions;
  #fleet: Fleet;
  #pointOfNoReturn: number | null = null;
  #namesDrives = false;

  constructor(fleet: Fleet, options: PlanOptions = {}) {
    this.#fleet = withLayers(fleet);
    this.options = options;
  }

  /** The fleet as predicted after the steps so far. */
  get fleet(): Fleet {
    return this.#fleet;
  }

  /** Says what is changed together: where these belong to several drives, every step and blocker names its drive. */
  about(controllers: readonly Controller[]): void {
    this.#namesDrives = areOfSeveralDrives(controllers);
  }

  /** Notes what stands against changing one controller. */
  block(controller: Controller, reasons: readonly string[]): void {
    const drive = this.#driveWords(controller);
    this.blockers.push(...reasons.map((reason) => `${drive}${reason}`));
  }

  #driveWords(controller: Controller | undefined): string {
    const drive = controller && this.fleet.controllers[driveOf(controller)];
    return this.#namesDrives && drive !== undefined ? `${controllerFullTitle(this.fleet, drive)}: ` : '';
  }

  /** A builder that starts where this one has got to, to try something out. */
  trial(): PlanBuilder {
    return new PlanBuilder(this.#fleet, this.options);
  }

  /**
   * `undoneBy`: what undoes the step in this plan, where the plan knows more than the step alone does. `withNext`: it is carried
   * out at the same time as the next one.
   */
  add(
    step: Step,
    phase: string,
    { undoneBy, withNext = false }: { readonly undoneBy?: Step[]; readonly withNext?: boolean } = {},
  ): void {
    const before = this.#fleet;
    const definition = definitionOf(step);
    const { nvmeCli = '2.x' } = this.options;
    const [target = ''] = definition.targets(step).controllers ?? [];
    const drive = this.#driveWords(before.controllers[target]);
    for (const reason of definition.blockers(step, before)) this.blockers.push(`${drive}${reason}`);
    this.steps.push({
      step,
      hostId: stepHostIds(step, before)[0] ?? '',
      phase,
      words: `${drive}${definition.words(step, before)}`,
      commandLines: definition.commandLines(step, { fleet: before, nvmeCli }),
      inverse: this.#pointOfNoReturn === null ? (undoneBy ?? definition.inverse(step, before)) : null,
      ...(withNext ? { withNext } : {}),
    });
    this.#fleet = withLayers(definition.predict(step, before));
  }

  /** From here on the procedure only goes forward: no later step has an inverse. */
  passPointOfNoReturn(): void {
    this.#pointOfNoReturn = this.steps.length;
  }

  /** The plan, or a refusal with every reason. `nothing` is what to say when there is nothing to do. */
  finish(title: string, intent: Intent, nothing: string): Result<Plan> {
    const blockers = [...new Set(this.blockers)];
    if (blockers.length > 0) return refusal(title, blockers);
    if (this.steps.length === 0) return refusal(title, [nothing]);
    const consequences = [...new Set(this.consequences)];
    return succeed({
      ...{ title, intent, steps: this.steps, consequences },
      ...(this.left.length > 0 ? { left: this.left } : {}),
      pointOfNoReturn: this.#pointOfNoReturn,
    });
  }
}

/** A plan of hundreds of steps foresees hundreds of fleets, which differ in one controller each. */
export function withLayers(fleet: Fleet): Fleet {
  const controllers = layered(fleet.controllers);
  return controllers === fleet.controllers ? fleet : { ...fleet, controllers };
}

/** A plan refused with all its reasons. */
export function refusal<T = never>(title: string, reasons: readonly string[]): Result<T> {
  const [first = 'It cannot be done.'] = reasons;
  return fail('refused', reasons.length === 1 ? first : `${title}: ${reasons.length} reasons prevent it.`, {
    object: title,
    fix:
      reasons.length === 1
        ? 'Do what the reason says, then try again.'
        : 'Clear every reason in the list, then try again.',
    details: [...reasons],
  });
}
