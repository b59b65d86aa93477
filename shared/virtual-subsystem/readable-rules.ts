import { featureIdentifiers, identifyStructures, logPageIdentifiers } from '../nvme/command-values.ts';

/**
 * Everything besides Identify Controller that a guest can ask for, and what a right answer is. Add a row to check one
 * more. Data only: the backend asks, the leak check compares.
 */
export type ReadableRule =
  /** The same answer on every host. */
  | 'equal'
  /** Must be refused: the answer would describe the hardware or other tenants. */
  | 'refused'
  /** May hold only controller identifiers of the virtual subsystem. */
  | 'virtual-ids'
  /** Counters and temperatures: differ on any drive at any time. */
  | 'volatile'
  /** The virtual firmware revision in slot 1 (bytes 8-15). */
  | 'virtual-firmware'
  /** Follows the assigned resources, which a migration makes equal. */
  | 'resources';

export interface Readable {
  readonly number: number;
  readonly title: string;
  readonly rule: ReadableRule;
}

/** Structures of Identify, CDW10 7:0. Namespace data (00h, 03h) is compared namespace by namespace. */
export const identifyReadables: readonly Readable[] = [
  row(identifyStructures.commandSetController, 'equal'),
  row(identifyStructures.commandSets, 'equal'),
  row(identifyStructures.allocatedNamespaces, 'refused'),
  row(identifyStructures.attachedControllers, 'virtual-ids'),
  row(identifyStructures.controllers, 'virtual-ids'),
  row(identifyStructures.primaryControllerCapabilities, 'refused'),
  row(identifyStructures.secondaryControllers, 'refused'),
  row(identifyStructures.controllerStateFormats, 'refused'),
];

export const logReadables: readonly Readable[] = [
  row(logPageIdentifiers.supportedLogPages, 'equal'),
  row(logPageIdentifiers.errorInformation, 'volatile'),
  row(logPageIdentifiers.smart, 'volatile'),
  row(logPageIdentifiers.firmwareSlot, 'virtual-firmware'),
  row(logPageIdentifiers.commandsSupportedAndEffects, 'equal'),
];

/** Features, default values: the current ones are part of the state that moves with the guest. */
export const featureReadables: readonly Readable[] = [
  row(featureIdentifiers.arbitration, 'equal'),
  row(featureIdentifiers.powerManagement, 'equal'),
  row(featureIdentifiers.temperatureThreshold, 'equal'),
  row(featureIdentifiers.errorRecovery, 'equal'),
  row(featureIdentifiers.volatileWriteCache, 'equal'),
  row(featureIdentifiers.numberOfQueues, 'resources'),
  row(featureIdentifiers.interruptCoalescing, 'equal'),
  row(featureIdentifiers.writeAtomicityNormal, 'equal'),
  row(featureIdentifiers.asynchronousEventConfiguration, 'equal'),
  row(featureIdentifiers.timestamp, 'equal'),
];

function row(
  { value, title }: { readonly value: number; readonly title: string },
  rule: ReadableRule,
): Readable {
  return { number: value, title, rule };
}
