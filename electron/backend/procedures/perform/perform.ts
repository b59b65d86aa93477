import { type CommandStepKind, definitionOf, type Step, type StepKind } from '#shared/procedure/step.ts';
import { fail, type Result } from '#shared/result.ts';
import { sendCommand } from './commands.ts';
import { machinePerformers } from './machines.ts';
import { pciPerformers } from './pci.ts';
import type { Perform, PerformContext, StepOutcome } from './perform-context.ts';
import { preCopyPerformers } from './pre-copy.ts';
import { proofPerformers } from './proof.ts';
import { userDataPerformers } from './user-data/user-data-performers.ts';
import { vfioPerformers } from './vfio.ts';

/** Steps that are one admin command are all sent in one way; each other kind has its performer. */
const performers: { readonly [Kind in Exclude<StepKind, CommandStepKind>]: Perform<Kind> } = {
  ...pciPerformers,
  ...machinePerformers,
  ...preCopyPerformers,
  ...userDataPerformers,
  ...vfioPerformers,
  ...proofPerformers,
};

/**
 * What is not bounded by the clock: sending memory takes as long as the memory and the link want, shows how far it is and
 * can be aborted; each command of a comparison has its own bound.
 */
const boundless: ReadonlySet<StepKind> = new Set([
  ...(['vm-send-memory', 'vm-pre-copy', 'user-data-send', 'migration-proof'] as const),
]);

/** A host may take so many times as long as a controller for one answer: behind one write there are many commands. */
const hostFactor = 6;

/** Carries out one step on the real thing. Reading back its effect is the runner's part. */
export async function performStep(step: Step, context: PerformContext): Promise<Result<StepOutcome>> {
  const { command } = definitionOf(step);
  if (command !== null) return sendCommand(step, command, context);
  // The kind chooses the performer of this very step, which TypeScript cannot follow.
  const perform = performers[step.kind as keyof typeof performers] as Perform<StepKind>;
  const answer = perform(step, context);
  return boundless.has(step.kind) ? answer : hostAnswer(step, answer, context);
}

/** The kernel and the hypervisor may never answer, just as a controller. */
async function hostAnswer(
  step: Step,
  answer: Promise<Result<StepOutcome>>,
  { fleet, clock, timeoutMilliseconds, onUnanswered }: PerformContext,
): Promise<Result<StepOutcome>> {
  const answered = new AbortController();
  const milliseconds = timeoutMilliseconds * hostFactor;
  const words = definitionOf(step).words(step, fleet);
  const what = `timeout of: ${words}`;
  const passed = clock.sleep(milliseconds, { signal: answered.signal, what }).then(() => null);
  const first = await Promise.race([answer, passed]).finally(() => answered.abort());
  if (first !== null) {
    if (!first.ok && first.error.code === 'device-timeout') onUnanswered(answer);
    return first;
  }
  onUnanswered(answer);
  return fail('device-timeout', `The host did not answer within ${milliseconds / 1000} s.`, {
    object: words,
    fix: 'Look on the host what became of it, then read it again.',
  });
}
