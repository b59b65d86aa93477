import { z } from 'zod';
import type { StepDefinition, StepParts } from './step-definition.ts';
import { driverSteps } from './steps/driver.ts';
import { functionSteps } from './steps/function.ts';
import { machineSteps } from './steps/machine.ts';
import { namespaceSteps } from './steps/namespace.ts';
import { preCopySteps } from './steps/pre-copy.ts';
import { primarySteps } from './steps/primary.ts';
import { proofSteps } from './steps/proof.ts';
import { resetSteps } from './steps/resets.ts';
import { secondarySteps } from './steps/secondary.ts';
import { userDataSteps } from './steps/user-data.ts';
import { vfioSteps } from './steps/vfio/vfio.ts';
import { virtualSubsystemSteps } from './steps/virtual-subsystem.ts';
import { virtualSubsystemMemberSteps } from './steps/virtual-subsystem-member.ts';

/** Every kind of step, by its kind. A new one in one of these tables is part of the union at once. */
export const stepDefinitions = {
  ...secondarySteps,
  ...primarySteps,
  ...resetSteps,
  ...driverSteps,
  ...namespaceSteps,
  ...virtualSubsystemSteps,
  ...virtualSubsystemMemberSteps,
  ...functionSteps,
  ...machineSteps,
  ...preCopySteps,
  ...userDataSteps,
  ...vfioSteps,
  ...proofSteps,
};

type Definitions = typeof stepDefinitions;
const { 'secondary-offline': first, ...others } = stepDefinitions;

/**
 * Every change that Berth can make to a device, a host or a virtual machine, one step each. Ids are fleet ids.
 * Steps are data: planners make them, the runner executes them, the journal stores them.
 */
export const stepSchema = z.discriminatedUnion('kind', [
  first.schema,
  ...Object.values(others).map(({ schema }) => schema),
]);
export type Step = z.infer<typeof stepSchema>;
export type StepKind = Step['kind'];
export type StepOf<Kind extends StepKind> = Extract<Step, { kind: Kind }>;

/** Kinds that are one admin command each. */
export type CommandStepKind = {
  [Kind in keyof Definitions]: Definitions[Kind]['command'] extends null ? never : Kind;
}[keyof Definitions];

/** The assignment proves that each table key is the kind of its schema, and that inverses are steps. */
const definitions: {
  readonly [Kind in StepKind]: StepDefinition<Definitions[Kind]['schema'], Step>;
} = stepDefinitions;

/** What the program knows of this kind of step; ask its parts with the step itself. */
export function definitionOf(step: Step): StepParts<Step, Step> {
  return definitions[step.kind];
}

/** A step inside a procedure: with its words, its command lines and its inverse, all fixed when it was planned. */
export const plannedStepSchema = z.object({
  step: stepSchema,
  hostId: z.string(),
  /** Groups steps for people: `Prepare`, `Virtual subsystem`, `Stop and copy`, … */
  phase: z.string(),
  /** One sentence in the imperative: `Take 4 VQ resources for VF 12`. */
  words: z.string(),
  /** The same thing on a shell, one line each; empty when no command line exists for it. */
  commandLines: z.array(z.string()),
  /** Steps that undo it, in the order to run them; null when it cannot be undone. */
  inverse: z.array(stepSchema).nullable(),
  /** It is carried out at the same time as the next one: neither needs the other. Left out: it is done before that begins. */
  withNext: z.literal(true).optional(),
});
export type PlannedStep = z.infer<typeof plannedStepSchema>;
