import { type CommandStepKind, definitionOf, type Step, type StepKind } from '#shared/procedure/step.ts';
import type { Result } from '#shared/result.ts';
import { sendCommand } from './commands.ts';
import { machinePerformers } from './machines.ts';
import { pciPerformers } from './pci.ts';
import type { Perform, PerformContext, StepOutcome } from './perform-context.ts';
import { proofPerformers } from './proof.ts';
import { vfioPerformers } from './vfio.ts';

/** Steps that are one admin command are all sent in one way; each other kind has its performer. */
const performers: { readonly [Kind in Exclude<StepKind, CommandStepKind>]: Perform<Kind> } = {
  ...pciPerformers,
  ...machinePerformers,
  ...vfioPerformers,
  ...proofPerformers,
};

/** Carries out one step on the real thing. Reading back its effect is the runner's part. */
export async function performStep(step: Step, context: PerformContext): Promise<Result<StepOutcome>> {
  const { command } = definitionOf(step);
  if (command !== null) return sendCommand(step, command, context);
  // The kind chooses the performer of this very step, which TypeScript cannot follow.
  const perform = performers[step.kind as keyof typeof performers] as Perform<StepKind>;
  return perform(step, context);
}
