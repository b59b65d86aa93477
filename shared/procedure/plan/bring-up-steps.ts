import type { SecondaryResources } from '../../fleet/rules/resources.ts';
import type { Fleet } from '../../fleet/schema.ts';
import { findSecondary } from '../../fleet/selectors.ts';
import { configurationSteps } from '../steps/secondary.ts';
import type { PlanBuilder } from './builder.ts';

const resourcesPhase = 'Resources';

/** A secondary controller and what it is to hold. */
export interface BringUp {
  readonly secondaryId: string;
  readonly resources: SecondaryResources;
}

/** Configures several secondary controllers and brings them online, each as `bringUp` does. */
export function bringUpTogether(builder: PlanBuilder, wishes: readonly BringUp[]): void {
  for (const secondaryId of givingBack(builder.fleet, wishes))
    builder.add({ kind: 'secondary-offline', secondaryId }, resourcesPhase);
  for (const { secondaryId, resources } of wishes) bringUp(builder, secondaryId, resources);
}

/**
 * Which of a group go offline before the first one is configured: those that are to hold less than now. The rules count what
 * a group holds as free for the group (`resourcesFor`), so what one gives back must be back before another takes it. None
 * for a single one: its own bring-up gives back first.
 */
export function givingBack(fleet: Fleet, wishes: readonly BringUp[]): string[] {
  if (wishes.length < 2) return [];
  return wishes.flatMap(({ secondaryId, resources }) => {
    const secondary = findSecondary(fleet, secondaryId);
    if (secondary === undefined) return [];
    return secondary.nvq > resources.vq || secondary.nvi > resources.vi ? [secondaryId] : [];
  });
}

/**
 * Configures one secondary controller and brings it online, in the order of NVMe Base 2.1, 8.2.6: offline, VI, VQ, reset
 * of the function, online. Does nothing when it is online with exactly these resources.
 */
export function bringUp(builder: PlanBuilder, secondaryId: string, resources: SecondaryResources): void {
  const secondary = findSecondary(builder.fleet, secondaryId);
  // Where nobody manages it, it works as soon as its function exists.
  if (secondary === undefined || secondary.unlisted !== undefined) return;
  const same = secondary.nvq === resources.vq && secondary.nvi === resources.vi;
  if (!secondary.online || !same) bringUpAnew(builder, secondaryId, resources, resourcesPhase);
}

/** The same even when nothing of it would change: what the controller did before is over. */
export function bringUpAnew(
  builder: PlanBuilder,
  secondaryId: string,
  resources: SecondaryResources,
  phase: string,
): void {
  if (findSecondary(builder.fleet, secondaryId)?.online)
    builder.add({ kind: 'secondary-offline', secondaryId }, phase);
  configureOffline(builder, secondaryId, resources, phase);
  builder.add({ kind: 'secondary-online', secondaryId }, phase);
}

/** Assigns resources to an offline secondary and resets its function, so that the new vector table is in force. */
export function configureOffline(
  builder: PlanBuilder,
  secondaryId: string,
  resources: SecondaryResources,
  phase = resourcesPhase,
): void {
  const secondary = findSecondary(builder.fleet, secondaryId);
  if (secondary === undefined) return;
  for (const step of configurationSteps(builder.fleet, secondary, resources)) builder.add(step, phase);
}
