import { featureIdentifiers as ids } from '#shared/nvme/commands/features.ts';
import { offers } from '../../controller/announced.ts';
import { isFeatureHidden } from '../../controller/exposed-answers.ts';
import type { SimulatedController } from '../../state/controller.ts';

/** Bits of Supported Capabilities (Get Features with SEL 3); nothing here is saveable, which is bit 0. */
const capability = { namespaceSpecific: 2, changeable: 4 } as const;

/** Temperature sensors besides the composite temperature; TMPSEL 1 and up. */
export function temperatureSensors(controller: SimulatedController): number {
  return controller.subsystem.profile.standard ? 2 : 0;
}

/** Whether the controller has the feature at all. */
export function hasFeature(controller: SimulatedController, fid: number): boolean {
  if (!offers(controller, 'features', fid) || isFeatureHidden(controller, fid)) return false;
  return controller.subsystem.profile.features.includes(fid);
}

/** Error Recovery belongs to a namespace (NVMe Base 2.1, 5.1.25.1.4); the other features here to the controller. */
export function isNamespaceSpecific(fid: number): boolean {
  return fid === ids.errorRecovery.value;
}

export function isChangeable(controller: SimulatedController, fid: number): boolean {
  return !controller.subsystem.profile.fixedFeatures.includes(fid);
}

/** Supported Capabilities, completion dword 0. */
export function capabilitiesOf(controller: SimulatedController, fid: number): number {
  return (
    (isChangeable(controller, fid) ? capability.changeable : 0) |
    (isNamespaceSpecific(fid) ? capability.namespaceSpecific : 0)
  );
}

/**
 * Where the value of a feature is kept. A feature with several values has a selector above bit 8: the threshold that
 * TMPSEL and THSEL name, the interrupt vector, the namespace.
 */
export function featureSlot(fid: number, selector = 0): number {
  return fid + selector * 0x100;
}

/** Selector of a temperature threshold: THSEL in bit 0, TMPSEL above. */
export function thresholdSelector(sensor: number, isUnder: boolean): number {
  return sensor * 2 + (isUnder ? 1 : 0);
}
