import { isDeepStrictEqual } from 'node:util';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerTitle, findSecondary } from '#shared/fleet/selectors.ts';
import { auditOfRun } from '#shared/ownership/audit.ts';
import { planUndo } from '#shared/procedure/plan/undo.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf, type Step } from '#shared/procedure/step.ts';
import { differences, foreseenFleet, wholeFleet } from './fleet-essence.ts';
import { timeoutMilliseconds } from './living-hosts.ts';

/** What a run was about. */
export interface Background {
  readonly before: Fleet;
  /** The fleet as the plan foresees it. */
  readonly predicted: Fleet;
  /** How long each guest really stood still, milliseconds, by its name. */
  readonly downtimes: ReadonlyMap<string, number>;
}

/**
 * Every word of a run that was cut short which is not true of the devices.
 * @param wentBack it was being taken back as far as anybody can know: then the last step that is called done may be undone
 */
export function untrueOfInterrupted(
  run: ProcedureRun,
  now: Fleet,
  { before }: Background,
  wentBack: boolean,
): string[] {
  if (run.status !== 'interrupted') return [`it is called ${run.status}, not interrupted`];
  const unknown = new Set<number>();
  run.steps.forEach(({ status }, index) => {
    if (status === 'running' || status === 'failed') unknown.add(index);
  });
  if (wentBack) unknown.add(run.steps.findLastIndex(({ status }) => status === 'done'));
  return untrueSteps(run, now, before, unknown);
}

/** Milliseconds between what stops and starts a guest, and whoever takes the time of it. */
const downtimeTolerance = 5;

/** Every word of a run that has ended which is not true of the devices. */
export function untrueOfEnded(run: ProcedureRun, now: Fleet, background: Background): string[] {
  const { before, predicted } = background;
  const untrue: string[] = [];
  switch (run.status) {
    case 'done':
      untrue.push(...called('not as planned', differences(foreseenFleet(predicted), foreseenFleet(now))));
      if (run.error !== null) untrue.push(`done, with an error: ${run.error.message}`);
      if (run.leftovers.length > 0) untrue.push(`done, with ${run.leftovers.length} leftovers`);
      if (run.steps.some(({ status }) => status !== 'done')) untrue.push('done, but not every step is');
      break;
    case 'rolled-back':
      untrue.push(...called('not as before', differences(wholeFleet(before), wholeFleet(now))));
      if (run.error === null) untrue.push('rolled back without a reason');
      if (run.leftovers.length > 0) untrue.push(`rolled back, with ${run.leftovers.length} leftovers`);
      break;
    case 'failed':
      untrue.push(...unnamed(run, now, background), ...falseLeftovers(run, now));
      if (run.error === null) untrue.push('failed without a reason');
      break;
    case 'running':
    case 'aborting':
    case 'interrupted':
      untrue.push(`it is called ${run.status}`);
      break;
  }
  const open = run.steps.findIndex(({ status }) => status === 'running' || status === 'waiting');
  if (open >= 0) untrue.push(`step ${open} is called ${run.steps[open]?.status} in a run that has ended`);
  untrue.push(...untrueSteps(run, now, before, new Set(open >= 0 ? [open] : [])));
  const audit = auditOfRun(now, run, []).map(({ kind, objectIds }) => `${kind} ${objectIds[0]}`);
  const reported = (run.audit ?? []).map(({ kind, objectIds }) => `${kind} ${objectIds[0]}`);
  if (!isDeepStrictEqual(audit.sort(), reported.sort()))
    untrue.push(`the audit says [${reported.join(', ')}], not [${audit.join(', ')}]`);
  if (run.undoable) {
    const undo = planUndo(now, run);
    if (!undo.ok) untrue.push(`called undoable, but: ${undo.error.details?.[0] ?? undo.error.message}`);
  }
  return [...untrue, ...untrueFacts(run, now, background)];
}

/** `unknown`: steps of which nothing certain is said. */
function untrueSteps(
  { plan, steps }: ProcedureRun,
  now: Fleet,
  before: Fleet,
  unknown: ReadonlySet<number>,
): string[] {
  const holds = (step: Step, fleet: Fleet) => definitionOf(step).effect(step, fleet).holds;
  /** On its way back a step passes through what its inverses set; a reset among them takes more with it than it set. */
  const wayBack = plan.steps.flatMap(({ inverse }, index) =>
    unknown.has(index) || steps[index]?.status === 'undone' ? (inverse ?? []) : [],
  );
  // So it does before it is carried out once more.
  for (const index of unknown) {
    const step = plan.steps[index]?.step;
    if (step !== undefined) wayBack.push(...(definitionOf(step).beforeRepeat?.(step) ?? []));
  }
  // Whether something else that was done, or may have been, stands between this step and what is there now.
  const isOverwritten = (step: Step, index: number, from: number) =>
    wayBack.some((other) => overwrites(other, step)) ||
    plan.steps.some(
      ({ step: other }, position) =>
        position >= from &&
        position !== index &&
        (steps[position]?.status === 'done' || unknown.has(position)) &&
        overwrites(other, step),
    );
  return plan.steps.flatMap(({ step, words }, index) => {
    const status = steps[index]?.status;
    if (unknown.has(index) || definitionOf(step).sets(step).length === 0) return [];
    const label = `step ${index} (${words}) is called ${status}`;
    if (status === 'done')
      return isOverwritten(step, index, index + 1) || holds(step, now)
        ? []
        : [`${label}: ${definitionOf(step).effect(step, now).readBack}`];
    if (status === 'failed' || isOverwritten(step, index, 0)) return [];
    return holds(step, now) && !holds(step, before) ? [`${label}, but is done`] : [];
  });
}

/** Whether a step changes what another one set. */
function overwrites(step: Step, earlier: Step): boolean {
  const lost = definitionOf(step)
    .sets(step)
    .map(({ object, aspect }) => ({ object, aspect }));
  // What is removed frees and resets all that it had.
  if (step.kind === 'vm-destroy')
    return definitionOf(earlier)
      .sets(earlier)
      .some(
        ({ object, aspect }) =>
          object === step.virtualMachineId || ['virtual machine', 'VFIO state'].includes(aspect),
      );
  const reset = definitionOf(step).resets?.(step);
  if (reset !== undefined) lost.push({ object: reset, aspect: 'VFIO state' });
  if (step.kind === 'set-driver') lost.push({ object: step.controllerId, aspect: 'VFIO state' });
  return definitionOf(earlier)
    .sets(earlier)
    .some(({ object, aspect }) =>
      lost.some((other) => other.object === object && [aspect, 'existence'].includes(other.aspect)),
    );
}

/** Differences that no leftover names. */
function unnamed(run: ProcedureRun, now: Fleet, { before, predicted }: Background): string[] {
  const { pointOfNoReturn } = run.plan;
  const isForward = pointOfNoReturn !== null && run.steps[pointOfNoReturn]?.status === 'done';
  const found = isForward
    ? differences(foreseenFleet(predicted), foreseenFleet(now))
    : differences(wholeFleet(before), wholeFleet(now));
  const words = run.leftovers.flatMap(({ what, commandLines }) => [what, ...commandLines]).join('\n');
  const isNamed = (id: string): boolean => {
    for (const fleet of [now, before, predicted]) {
      const controller = fleet.controllers[id];
      if (controller !== undefined && words.includes(controllerTitle(controller))) return true;
      const named = fleet.virtualMachines[id]?.name ?? fleet.virtualSubsystems[id]?.nqn;
      if (named !== undefined && words.includes(named)) return true;
    }
    return false;
  };
  const follows = ({ id }: { readonly id: string }): boolean =>
    // Counts of a primary and attachments of a namespace follow from its secondaries.
    now.controllers[id]?.role === 'primary'
      ? found.some((other) => findSecondary(now, other.id)?.primaryId === id && isNamed(other.id))
      : now.namespaces[id] !== undefined &&
        found.some((other) => now.controllers[other.id] && isNamed(other.id));
  return called(
    'not among the leftovers',
    found.filter((difference) => !isNamed(difference.id) && !follows(difference)),
  );
}

/** Leftovers of which nothing is left. */
function falseLeftovers(run: ProcedureRun, now: Fleet): string[] {
  if (run.leftovers.length === 0) return ['failed, with nothing left over'];
  const steps = run.plan.steps.flatMap(({ step, words, inverse }) => [
    { step, words: `Still to do: ${words}` },
    ...(inverse ?? []).map((back) => ({ step: back, words: definitionOf(back).words(back, now) })),
  ]);
  return run.leftovers.flatMap(({ what }) => {
    const found = steps.find(({ words }) => what.startsWith(words))?.step;
    if (found === undefined || definitionOf(found).sets(found).length === 0) return [];
    return definitionOf(found).effect(found, now).holds ? [`a leftover that is not left: ${what}`] : [];
  });
}

function untrueFacts({ migration, status }: ProcedureRun, now: Fleet, { downtimes }: Background): string[] {
  if (migration === null) return [];
  const untrue: string[] = [];
  for (const { sourceId, destinationId, name, sourceState, destinationState } of migration.devices)
    for (const [id, said] of [
      [sourceId, sourceState],
      [destinationId, destinationState],
    ] as const) {
      const is = findSecondary(now, id)?.vfioState ?? null;
      if (said !== is) untrue.push(`the facts say that ${name} (${id}) is ${said}, it is ${is}`);
    }
  const { proof, memoryBytes, memorySentBytes, downtimeMilliseconds } = migration;
  const wayBack = proof.filter(({ stage, equal }) => stage === 'rolled-back' && !equal);
  if (status === 'rolled-back' && wayBack.length > 0)
    untrue.push(
      `rolled back, but: ${wayBack.map(({ what, destination }) => `${what}: ${destination}`).join(', ')}`,
    );
  if (status === 'rolled-back' && !proof.some(({ stage }) => stage === 'rolled-back'))
    untrue.push('rolled back, with no proof of it');
  if (status !== 'done') return untrue;
  const different = proof.filter(({ equal }) => !equal);
  if (different.length > 0) untrue.push(`done, with ${different.length} proofs that do not hold`);
  for (const stage of ['loaded', 'resumed', 'running', 'source-released'])
    if (!proof.some((line) => line.stage === stage)) untrue.push(`done, with no proof of stage ${stage}`);
  const isShort =
    migration.preCopy === undefined ? memorySentBytes !== memoryBytes : memorySentBytes < memoryBytes;
  if (isShort) untrue.push(`${memorySentBytes} of ${memoryBytes} bytes were sent`);
  const stood = downtimes.get(migration.virtualMachineName) ?? 0;
  const { standstillAtMostMilliseconds: atMost } = migration;
  if (downtimeMilliseconds === null && atMost === undefined)
    untrue.push('done, with not a word of its standstill');
  if (atMost !== undefined && atMost < stood - downtimeTolerance)
    untrue.push(`a standstill of at most ${Math.round(atMost)} ms, it was ${Math.round(stood)} ms`);
  // A resume whose answer is late was over before that was known: the time that is said is the longest it can have been.
  const excess = (downtimeMilliseconds ?? stood) - stood;
  if (downtimeMilliseconds !== null && (excess < -downtimeTolerance || excess > 2 * timeoutMilliseconds))
    untrue.push(`a downtime of ${Math.round(downtimeMilliseconds)} ms, it was ${Math.round(stood)} ms`);
  return untrue;
}

function called(what: string, found: readonly { readonly id: string; readonly fields: string }[]): string[] {
  return found.map(({ id, fields }) => `${what}: ${id}: ${fields}`);
}
