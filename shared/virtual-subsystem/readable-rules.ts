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
  /** Bit of Identify Controller that announces it: what is not announced must be refused. */
  readonly needs?: { readonly offset: number; readonly bit: number; readonly name: string };
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
  row(logPageIdentifiers.supportedLogPages, 'equal', { offset: 261, bit: 5, name: 'LPA bit 5' }),
  row(logPageIdentifiers.errorInformation, 'volatile'),
  row(logPageIdentifiers.smart, 'volatile'),
  row(logPageIdentifiers.firmwareSlot, 'virtual-firmware'),
  row(logPageIdentifiers.commandsSupportedAndEffects, 'equal', { offset: 261, bit: 1, name: 'LPA bit 1' }),
];

/** Features, default values: the current ones are part of the state that moves with the guest. */
export const featureReadables: readonly Readable[] = [
  row(featureIdentifiers.arbitration, 'equal'),
  row(featureIdentifiers.powerManagement, 'equal'),
  row(featureIdentifiers.temperatureThreshold, 'equal'),
  row(featureIdentifiers.errorRecovery, 'equal'),
  row(featureIdentifiers.volatileWriteCache, 'equal', { offset: 525, bit: 0, name: 'VWC bit 0' }),
  row(featureIdentifiers.numberOfQueues, 'resources'),
  row(featureIdentifiers.interruptCoalescing, 'equal'),
  row(featureIdentifiers.writeAtomicityNormal, 'equal'),
  row(featureIdentifiers.asynchronousEventConfiguration, 'equal'),
  row(featureIdentifiers.timestamp, 'equal', { offset: 520, bit: 6, name: 'ONCS bit 6' }),
];

/** Whether Identify Controller, as the guest reads it, announces what the row asks for. */
export function isAnnounced({ needs }: Readable, identify: Uint8Array): boolean {
  return needs === undefined || ((identify[needs.offset] ?? 0) & (1 << needs.bit)) !== 0;
}

function row(
  { value, title }: { readonly value: number; readonly title: string },
  rule: ReadableRule,
  needs?: Readable['needs'],
): Readable {
  return { number: value, title, rule, ...(needs === undefined ? {} : { needs }) };
}
