import { findSecondary } from '../../fleet/selectors.ts';
import type { PlanBuilder } from './builder.ts';

/** Lets VFIO show a function: last step before it is handed over. Nothing when VFIO shows it already. */
export function showToVfio(builder: PlanBuilder, secondaryId: string, phase: string): void {
  const secondary = findSecondary(builder.fleet, secondaryId);
  if (secondary === undefined) return;
  if (!secondary.visible) builder.add({ kind: 'function-set-visible', secondaryId, visible: true }, phase);
  if (secondary.functionKind === 'vf' && secondary.driver !== 'vfio-pci')
    builder.add({ kind: 'set-driver', controllerId: secondaryId, driver: 'vfio-pci' }, phase);
}

/** Takes a function from the host driver or from VFIO. Nothing when neither has it. */
export function takeFromDriver(builder: PlanBuilder, secondaryId: string, phase: string): void {
  const secondary = findSecondary(builder.fleet, secondaryId);
  if (secondary === undefined || secondary.driver === null) return;
  if (secondary.functionKind === 'siov')
    builder.add({ kind: 'function-set-visible', secondaryId, visible: false }, phase);
  else builder.add({ kind: 'set-driver', controllerId: secondaryId, driver: null }, phase);
}
