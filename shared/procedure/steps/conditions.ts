import { gapWords } from '../../fleet/gap.ts';
import { controllerChangeBlockers } from '../../fleet/rules/change-blockers.ts';
import type { Controller, Fleet, PrimaryController, SecondaryController } from '../../fleet/schema.ts';
import { controllerTitle, findPrimary, findSecondary } from '../../fleet/selectors.ts';

/** Conditions that the blockers of several steps share. Each answers the reasons against, empty when there are none. */

export function onController(
  fleet: Fleet,
  id: string,
  check: (controller: Controller) => string[],
): string[] {
  const controller = fleet.controllers[id];
  return controller === undefined ? [`${id} is no longer in the fleet.`] : check(controller);
}

export function onPrimary(
  fleet: Fleet,
  id: string,
  check: (primary: PrimaryController) => string[],
): string[] {
  const primary = findPrimary(fleet, id);
  return primary === undefined ? [`${id} is not a primary controller of the fleet.`] : check(primary);
}

export function onSecondary(
  fleet: Fleet,
  id: string,
  check: (secondary: SecondaryController, primary: PrimaryController) => string[],
): string[] {
  const secondary = findSecondary(fleet, id);
  const primary = secondary && findPrimary(fleet, secondary.primaryId);
  if (secondary === undefined || primary === undefined)
    return [`${id} is not a secondary controller of the fleet.`];
  return check(secondary, primary);
}

/** The same of a secondary controller that its primary controller assigns resources to and brings online. */
export function onManaged(fleet: Fleet, id: string, check: Parameters<typeof onSecondary>[2]): string[] {
  return onSecondary(fleet, id, (secondary, primary) => {
    if (secondary.unlisted === undefined) return check(secondary, primary);
    return [
      `${controllerTitle(secondary)} is not managed by ${controllerTitle(primary)}: the Secondary Controller List is ${gapWords(secondary.unlisted.gap)}.`,
    ];
  });
}

/** Whether the host has a function of this controller that it could reset or bind. */
export function hasFunction(fleet: Fleet, controller: Controller): boolean {
  if (controller.role !== 'secondary') return controller.pciAddress !== null;
  if (controller.functionKind === 'siov') return controller.visible;
  // A predicted fleet knows that the function exists, but not yet at which address.
  return controller.vfn > 0 && controller.vfn <= (findPrimary(fleet, controller.primaryId)?.numVfs ?? 0);
}

/** Why the host can neither reset nor bind the function of this controller. */
export function functionBlockers(fleet: Fleet, controller: Controller): string[] {
  return hasFunction(fleet, controller)
    ? controllerChangeBlockers(fleet, controller, 'changePci')
    : [functionMissing(controller)];
}

export function functionMissing(controller: Controller): string {
  if (controller.role === 'secondary' && controller.functionKind === 'siov')
    return `${controllerTitle(controller)} is hidden, so the host cannot use it; make it visible first.`;
  return controller.role === 'secondary'
    ? `${controllerTitle(controller)} does not exist yet; raise the VF count of its primary.`
    : `${controllerTitle(controller)} has no PCI function on this host.`;
}
