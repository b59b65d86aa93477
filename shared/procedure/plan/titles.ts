import type { Controller, Fleet, SecondaryController } from '../../fleet/schema.ts';
import { controllerTitle, findSecondary, machineOf, virtualSubsystemOf } from '../../fleet/selectors.ts';

/** `VF 12`, `VF 12 and VF 13`, `17 secondary controllers`. */
export function controllersTitle(controllers: readonly Controller[]): string {
  const titles = controllers.map(controllerTitle);
  if (titles.length <= 2) return titles.join(' and ');
  return `${titles.length} secondary controllers`;
}

/** What a person loses when this secondary controller stops working, in words; empty when nobody uses it. */
export function interruptionWords(
  fleet: Fleet,
  secondaryId: string,
  nameOf: (secondary: SecondaryController) => string = controllerTitle,
): string[] {
  const secondary = findSecondary(fleet, secondaryId);
  if (secondary === undefined) return [];
  const title = nameOf(secondary);
  const machine = machineOf(fleet, secondary);
  if (machine !== undefined) {
    const running = machine.state === 'running' ? ' while it runs' : '';
    return [`${machine.name} loses the drive behind ${title}${running}.`];
  }
  if (secondary.driver === 'nvme' && secondary.deviceName !== null)
    return [`The host loses ${secondary.deviceName} (${title}).`];
  if (virtualSubsystemOf(fleet, secondary) === undefined && secondary.online)
    return [`${title} goes offline and gives ${secondary.nvq} VQ and ${secondary.nvi} VI back.`];
  return [];
}
