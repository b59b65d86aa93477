import { byPrimary } from '../../fleet/rules/assignment.ts';
import { controllerChangeBlockers, secondaryChangeBlockers } from '../../fleet/rules/change-blockers.ts';
import { resourceBlockers } from '../../fleet/rules/resources.ts';
import type { PrimaryController, SecondaryController } from '../../fleet/schema.ts';
import { controllerTitle, machineOf } from '../../fleet/selectors.ts';
import type { Result } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import type { Step } from '../step.ts';
import { bringUp, configureOffline, givingBack } from './bring-up-steps.ts';
import { type PlanBuilder, refusal } from './builder.ts';
import { releaseSecondaries } from './clean-up-steps.ts';
import { releaseAllOf, tooManyReleased } from './release-all.ts';
import { controllersTitle, interruptionWords } from './titles.ts';
import { choose } from './whole-selection/choose.ts';

/** Changes the flexible resources of secondary controllers, which are offline meanwhile. */
export function planSetResources(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'set-resources' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { secondaryIds, vq, vi } = intent;
  const resources = { vq, vi };
  const words = 'already exactly these resources';
  const { changed, reasons, nameOf } = choose(
    builder,
    'secondary',
    secondaryIds,
    ({ nvq, nvi }) => nvq === vq && nvi === vi,
    { one: `has ${words}`, several: `have ${words}` },
  );
  const each = changed.length > 1 ? ' each' : '';
  const title = `Give ${controllersTitle(fleet, changed)} ${vq} VQ and ${vi} VI${each}`;
  if (reasons.length > 0) return refusal(title, reasons);
  for (const secondary of changed) {
    builder.block(secondary, secondaryChangeBlockers(fleet, secondary));
    const machine = machineOf(fleet, secondary);
    if (machine !== undefined)
      builder.block(secondary, [
        `${controllerTitle(secondary)} is in ${machine.name}. Return it to the pool, or assign it again with these resources.`,
      ]);
  }
  for (const [primary, members] of byPrimary(fleet, changed))
    builder.block(
      primary,
      resourceBlockers(
        fleet,
        primary,
        members.map((secondary) => ({ secondary, resources })),
      ),
    );
  if (builder.blockers.length > 0) return builder.finish(title, intent, '');
  const usedByHost = changed.filter(({ driver, online }) => driver === 'nvme' && online);
  for (const { id: controllerId } of usedByHost) {
    const losses = interruptionWords(fleet, controllerId, nameOf);
    builder.consequences.push(...losses.map((loss) => `Temporarily: ${loss}`));
    builder.add({ kind: 'set-driver', controllerId, driver: null }, 'Release');
  }
  configureTogether(builder, changed, resources);
  for (const { id: controllerId } of usedByHost)
    builder.add({ kind: 'set-driver', controllerId, driver: 'nvme' }, 'Hand over');
  return builder.finish(title, intent, '');
}

/** Gives all of them the same; who was online is online again afterwards. */
function configureTogether(
  builder: PlanBuilder,
  secondaries: readonly SecondaryController[],
  resources: { readonly vq: number; readonly vi: number },
): void {
  const wishes = secondaries.map(({ id }) => ({ secondaryId: id, resources }));
  for (const secondaryId of givingBack(builder.fleet, wishes))
    builder.add({ kind: 'secondary-offline', secondaryId }, 'Resources');
  for (const { id, online } of secondaries)
    if (online) bringUp(builder, id, resources);
    else configureOffline(builder, id, resources);
}

/** Brings secondary controllers online, or takes them offline. */
export function planSetOnline(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'set-online' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { secondaryIds, online } = intent;
  const words = `already ${online ? 'online' : 'offline'}`;
  const { changed, reasons } = choose(
    builder,
    'secondary',
    secondaryIds,
    // Taking one offline also takes back what it holds, and its driver.
    (secondary) => (online ? secondary.online : isReleased(secondary)),
    { one: `is ${words}`, several: `are ${words}` },
  );
  const title = `${online ? 'Bring' : 'Take'} ${controllersTitle(fleet, changed)} ${online ? 'online' : 'offline'}`;
  if (reasons.length > 0) return refusal(title, reasons);
  for (const secondary of changed) builder.block(secondary, secondaryChangeBlockers(fleet, secondary));
  if (builder.blockers.length > 0) return builder.finish(title, intent, '');
  const ids = changed.map(({ id }) => id);
  if (online)
    for (const secondaryId of ids) builder.add({ kind: 'secondary-online', secondaryId }, 'Resources');
  else releaseSecondaries(builder, ids, { leaveSubsystem: false, detachNamespaces: false });
  return builder.finish(title, intent, '');
}

/** Nothing is left that going offline would take from it. */
function isReleased({ online, driver, nvq, nvi, virtualMachineId }: SecondaryController): boolean {
  return !online && driver === null && nvq === 0 && nvi === 0 && virtualMachineId === null;
}

/** Changes what primary controllers hold of their own flexible resources; takes effect at their function level reset. */
export function planAllocateToPrimary(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'allocate-to-primary' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { primaryIds, vq, vi } = intent;
  const words = 'already exactly these resources';
  const { changed, reasons, nameOf } = choose(
    builder,
    'primary',
    primaryIds,
    (primary) => allocationsOf(primary, { vq, vi }).length === 0,
    { one: `holds ${words}`, several: `hold ${words}` },
  );
  const title = `Allocate ${vq} VQ and ${vi} VI to ${controllersTitle(fleet, changed)}`;
  if (reasons.length > 0) return refusal(title, reasons);
  for (const primary of changed)
    builder.block(primary, controllerChangeBlockers(fleet, primary, 'changeControllers', 'changePci'));
  builder.blockers.push(...tooManyReleased(fleet, changed, -1));
  if (builder.blockers.length > 0) return builder.finish(title, intent, '');
  for (const primary of changed) {
    const allocations = allocationsOf(primary, { vq, vi });
    releaseAllOf(builder, primary, -1);
    for (const { step } of allocations) builder.add(step, 'Resources');
    builder.consequences.push(`${nameOf(primary)} is reset; the host's I/O on it pauses.`);
    const reset: Step = { kind: 'function-level-reset', controllerId: primary.id };
    // Undoing takes the old allocation and another reset, because an allocation waits for one.
    builder.add(reset, 'Reset', { undoneBy: [...allocations.map((change) => change.back), reset] });
  }
  return builder.finish(title, intent, '');
}

function allocationsOf(primary: PrimaryController, wished: { vq: number; vi: number }) {
  return (['vq', 'vi'] as const)
    .filter((resource) => primary[resource].allocatedToPrimary !== wished[resource])
    .map((resource) => {
      const step = (count: number): Step => ({
        kind: 'primary-allocate',
        primaryId: primary.id,
        resource: resource === 'vq' ? 'VQ' : 'VI',
        count,
      });
      return { step: step(wished[resource]), back: step(primary[resource].allocatedToPrimary) };
    });
}
