import { controllerChangeBlockers, secondaryChangeBlockers } from '../../fleet/rules/change-blockers.ts';
import { resourceBlockers } from '../../fleet/rules/resources.ts';
import type { PrimaryController } from '../../fleet/schema.ts';
import { controllerTitle, findPrimary, findSecondary, machineOf } from '../../fleet/selectors.ts';
import type { Result } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import type { Step } from '../step.ts';
import { bringUp, configureOffline } from './bring-up-steps.ts';
import { type PlanBuilder, refusal } from './builder.ts';
import { releaseSecondaries } from './clean-up-steps.ts';
import { releaseAllOf } from './release-all.ts';
import { interruptionWords } from './titles.ts';

/** Changes the flexible resources of one secondary controller; it is offline meanwhile. */
export function planSetResources(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'set-resources' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { secondaryId, vq, vi } = intent;
  const secondary = findSecondary(fleet, secondaryId);
  const primary = secondary && findPrimary(fleet, secondary.primaryId);
  if (secondary === undefined || primary === undefined)
    return refusal('Change resources', [`${secondaryId} is not a secondary controller of the fleet.`]);
  const title = `Give ${controllerTitle(secondary)} ${vq} VQ and ${vi} VI`;
  builder.blockers.push(
    ...secondaryChangeBlockers(fleet, secondary),
    ...resourceBlockers(fleet, primary, [{ secondary, resources: { vq, vi } }]),
  );
  const machine = machineOf(fleet, secondary);
  if (machine !== undefined)
    builder.blockers.push(
      `${controllerTitle(secondary)} is in ${machine.name}. Return it to the pool, or assign it again with these resources.`,
    );
  if (builder.blockers.length > 0) return builder.finish(title, intent, '');
  if (secondary.nvq !== vq || secondary.nvi !== vi) {
    const wasNvme = secondary.driver === 'nvme' && secondary.online;
    if (wasNvme) {
      builder.consequences.push(
        ...interruptionWords(fleet, secondaryId).map((words) => `Temporarily: ${words}`),
      );
      builder.add({ kind: 'set-driver', controllerId: secondaryId, driver: null }, 'Release');
    }
    if (secondary.online) bringUp(builder, secondaryId, { vq, vi });
    else configureOffline(builder, secondaryId, { vq, vi });
    if (wasNvme) builder.add({ kind: 'set-driver', controllerId: secondaryId, driver: 'nvme' }, 'Hand over');
  }
  return builder.finish(title, intent, 'It already has exactly these resources.');
}

/** Brings a secondary controller online, or takes it offline. */
export function planSetOnline(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'set-online' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { secondaryId, online } = intent;
  const secondary = findSecondary(fleet, secondaryId);
  if (secondary === undefined)
    return refusal('Change state', [`${secondaryId} is not a secondary controller of the fleet.`]);
  const title = `${online ? 'Bring' : 'Take'} ${controllerTitle(secondary)} ${online ? 'online' : 'offline'}`;
  builder.blockers.push(...secondaryChangeBlockers(fleet, secondary));
  if (builder.blockers.length > 0) return builder.finish(title, intent, '');
  if (online && !secondary.online) builder.add({ kind: 'secondary-online', secondaryId }, 'Resources');
  if (!online) releaseSecondaries(builder, [secondaryId], { leaveSubsystem: false, detachNamespaces: false });
  return builder.finish(title, intent, `It is already ${online ? 'online' : 'offline'}.`);
}

/** Changes what the primary holds of its own flexible resources; takes effect at its function level reset. */
export function planAllocateToPrimary(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'allocate-to-primary' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { primaryId, vq, vi } = intent;
  const primary = findPrimary(fleet, primaryId);
  if (primary === undefined)
    return refusal('Allocate to the primary', [`${primaryId} is not a primary controller of the fleet.`]);
  const title = `Allocate ${vq} VQ and ${vi} VI to ${controllerTitle(primary)}`;
  builder.blockers.push(...controllerChangeBlockers(fleet, primary, 'changeControllers', 'changePci'));
  const changes = allocationsOf(primary, { vq, vi });
  if (changes.length > 0 && builder.blockers.length === 0) {
    releaseAllOf(builder, primary, -1);
    for (const { step } of changes) builder.add(step, 'Resources');
    builder.consequences.push(`${controllerTitle(primary)} is reset; the host's I/O on it pauses.`);
    const reset: Step = { kind: 'function-level-reset', controllerId: primaryId };
    // Undoing takes the old allocation and another reset, because an allocation waits for one.
    builder.add(reset, 'Reset', { undoneBy: [...changes.map((change) => change.back), reset] });
  }
  return builder.finish(title, intent, 'The primary controller already holds exactly these resources.');
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
