import { countWords } from '../../count-words.ts';
import { namesAmong } from '../../fleet/drive-names.ts';
import type { Controller, Fleet, SecondaryController } from '../../fleet/schema.ts';
import { controllerTitle, findSecondary, machineOf, virtualSubsystemOf } from '../../fleet/selectors.ts';

/** `VF 12`, `VF 12 and VF 13`, `17 secondary controllers`. */
export function controllersTitle(fleet: Fleet, controllers: readonly Controller[]): string {
  if (controllers.length === 0) return 'unknown controllers';
  if (controllers.length <= 2) return controllers.map(namesAmong(fleet, controllers)).join(' and ');
  const [role] = new Set(controllers.map((one) => one.role));
  const isOneRole = controllers.every((one) => one.role === role);
  return countWords(controllers.length, !isOneRole || role === 'plain' ? 'controller' : `${role} controller`);
}

/** What a person loses when this secondary controller stops working, in words; also that it gives its resources back. */
export function interruptionWords(
  fleet: Fleet,
  secondaryId: string,
  nameOf: (secondary: SecondaryController) => string = controllerTitle,
): string[] {
  const secondary = findSecondary(fleet, secondaryId);
  if (secondary === undefined) return [];
  const title = nameOf(secondary);
  const losses = usersLoss(fleet, secondaryId, title);
  if (losses.length > 0) return losses;
  if (virtualSubsystemOf(fleet, secondary) === undefined && secondary.online)
    return [`${title} goes offline and gives ${secondary.nvq} VQ and ${secondary.nvi} VI back.`];
  return [];
}

/** What a guest or its host loses when this controller, called `title`, stops working; empty when neither uses it. */
export function usersLoss(fleet: Fleet, controllerId: string, title: string): string[] {
  const controller = fleet.controllers[controllerId];
  if (controller === undefined) return [];
  const secondary = findSecondary(fleet, controllerId);
  const machine = secondary && machineOf(fleet, secondary);
  if (machine !== undefined) {
    const running = machine.state === 'running' ? ' while it runs' : '';
    return [`${machine.name} loses the drive behind ${title}${running}.`];
  }
  return controller.driver === 'nvme' && controller.deviceName !== null
    ? [`The host loses ${controller.deviceName} (${title}).`]
    : [];
}
