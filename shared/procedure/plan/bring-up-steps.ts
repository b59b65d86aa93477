import type { SecondaryResources } from '../../fleet/rules/resources.ts';
import { findPrimary, findSecondary } from '../../fleet/selectors.ts';
import type { PlanBuilder } from './builder.ts';

const phase = 'Resources';

/**
 * Configures one secondary controller and brings it online, in the order of NVMe Base 2.1, 8.2.6: offline, VI, VQ, reset
 * of the function, online. Does nothing when it is online with exactly these resources.
 */
export function bringUp(builder: PlanBuilder, secondaryId: string, resources: SecondaryResources): void {
  const secondary = findSecondary(builder.fleet, secondaryId);
  if (secondary === undefined) return;
  const same = secondary.nvq === resources.vq && secondary.nvi === resources.vi;
  if (secondary.online && same) return;
  if (secondary.online) builder.add({ kind: 'secondary-offline', secondaryId }, phase);
  configureOffline(builder, secondaryId, resources);
  builder.add({ kind: 'secondary-online', secondaryId }, phase);
}

/** Assigns resources to an offline secondary and resets its function, so that the new vector table is in force. */
export function configureOffline(
  builder: PlanBuilder,
  secondaryId: string,
  resources: SecondaryResources,
): void {
  const secondary = findSecondary(builder.fleet, secondaryId);
  const primary = secondary && findPrimary(builder.fleet, secondary.primaryId);
  if (secondary === undefined || primary === undefined) return;
  const assign = (resource: 'VQ' | 'VI', count: number) =>
    builder.add({ kind: 'secondary-assign', secondaryId, resource, count }, phase);
  if (secondary.nvi !== resources.vi) assign('VI', resources.vi);
  if (secondary.nvq !== resources.vq) assign('VQ', resources.vq);
  const host = builder.fleet.hosts[secondary.hostId];
  const exists =
    secondary.functionKind === 'siov'
      ? secondary.visible
      : secondary.vfn > 0 && secondary.vfn <= primary.numVfs;
  if (exists && host?.capabilities.changePci.available)
    builder.add({ kind: 'function-level-reset', controllerId: secondaryId }, phase);
}
