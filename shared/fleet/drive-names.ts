import type { Controller, Fleet } from './schema.ts';
import { controllerFullTitle, controllerTitle } from './selectors.ts';

/** Whether these controllers belong to more than one drive, so that `VF 1` alone would not say which one is meant. */
export function areOfSeveralDrives(controllers: readonly Controller[]): boolean {
  const [first] = controllers;
  return first !== undefined && controllers.some((one) => driveOf(one) !== driveOf(first));
}

/** The controller that stands for the drive of another: its primary controller, or itself. */
export function driveOf(controller: Controller): string {
  return controller.role === 'secondary' ? controller.primaryId : controller.id;
}

/** How a sentence about one of these controllers names it, so that a person knows which one is meant. */
export function namesAmong(
  fleet: Fleet,
  controllers: readonly Controller[],
): (controller: Controller) => string {
  return areOfSeveralDrives(controllers)
    ? (controller) => controllerFullTitle(fleet, controller)
    : controllerTitle;
}
