import { featureIdentifiers } from '../../nvme/commands/features.ts';
import { logPageIdentifiers } from '../../nvme/commands/get-log-page.ts';
import { identifyStructures } from '../../nvme/commands/identify.ts';
import type { NamedValue } from '../../nvme/commands/named-value.ts';

/**
 * Everything besides Identify Controller that a guest can ask for, and what a right answer is. Every structure, log page
 * and feature that `command-values.ts` knows is asked for; what has no rule of its own here must be `equal`, so that a
 * new one is never left unclassified. Data only: the backend asks, the leak check compares.
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
  | 'resources'
  /** Follows the attached namespaces, which a migration makes equal. */
  | 'attachments';

export interface Readable {
  readonly number: number;
  readonly title: string;
  readonly rule: ReadableRule;
  /** Bit of Identify Controller that announces it: what is not announced must be refused. */
  readonly needs?: { readonly offset: number; readonly bit: number; readonly name: string };
}

type Special = readonly [value: NamedValue, rule: ReadableRule, needs?: Readable['needs']];

const { controller, namespace, namespaceDescriptors, commandSetNamespace, independentNamespace } =
  identifyStructures;
/** Asked for every attached namespace; Identify Namespace itself is compared byte by byte. */
export const namespaceReadables: readonly Readable[] = [
  namespaceDescriptors,
  commandSetNamespace,
  independentNamespace,
].map(({ value, title }) => ({ number: value, title, rule: 'equal' }));

const lpa = (bit: number) => ({ offset: 261, bit, name: `LPA bit ${bit}` });
/** CTRATT bit 0 to 15, by its byte. */
const ctratt = (bit: number) => ({ offset: 96 + (bit >> 3), bit: bit & 7, name: `CTRATT bit ${bit}` });

const identifyRules: readonly Special[] = [
  [identifyStructures.activeNamespaces, 'attachments'],
  [identifyStructures.nvmSetList, 'equal', ctratt(2)],
  [identifyStructures.commandSetActiveNamespaces, 'attachments'],
  [identifyStructures.allocatedNamespaces, 'refused'],
  [identifyStructures.allocatedNamespace, 'refused'],
  [identifyStructures.attachedControllers, 'virtual-ids'],
  [identifyStructures.controllers, 'virtual-ids'],
  [identifyStructures.primaryControllerCapabilities, 'refused'],
  [identifyStructures.secondaryControllers, 'refused'],
  [identifyStructures.namespaceGranularity, 'equal', ctratt(7)],
  [identifyStructures.uuidList, 'equal', ctratt(9)],
  [identifyStructures.domainList, 'equal', ctratt(10)],
  [identifyStructures.enduranceGroupList, 'equal', ctratt(4)],
  [identifyStructures.controllerStateFormats, 'refused'],
];

const logRules: readonly Special[] = [
  [logPageIdentifiers.supportedLogPages, 'equal', lpa(5)],
  [logPageIdentifiers.errorInformation, 'volatile'],
  [logPageIdentifiers.smart, 'volatile'],
  [logPageIdentifiers.firmwareSlot, 'virtual-firmware'],
  [logPageIdentifiers.changedNamespaces, 'volatile'],
  [logPageIdentifiers.commandsSupportedAndEffects, 'equal', lpa(1)],
  [logPageIdentifiers.deviceSelfTest, 'volatile', { offset: 256, bit: 4, name: 'OACS bit 4' }],
  [logPageIdentifiers.telemetryHostInitiated, 'volatile', lpa(3)],
  [logPageIdentifiers.telemetryControllerInitiated, 'volatile', lpa(3)],
  [logPageIdentifiers.enduranceGroup, 'volatile', ctratt(4)],
  [logPageIdentifiers.persistentEvent, 'volatile', lpa(4)],
  [logPageIdentifiers.reservationNotification, 'volatile', { offset: 520, bit: 5, name: 'ONCS bit 5' }],
  [logPageIdentifiers.sanitizeStatus, 'volatile'],
];

const featureRules: readonly Special[] = [
  [featureIdentifiers.volatileWriteCache, 'equal', { offset: 525, bit: 0, name: 'VWC bit 0' }],
  [featureIdentifiers.numberOfQueues, 'resources'],
  [featureIdentifiers.timestamp, 'volatile', { offset: 520, bit: 6, name: 'ONCS bit 6' }],
];

/** Structures of Identify, CDW10 7:0; Identify Controller has rules for each of its bytes. */
export const identifyReadables = readables(
  Object.values(identifyStructures).filter(
    ({ value }) =>
      value !== controller.value &&
      value !== namespace.value &&
      !namespaceReadables.some(({ number }) => number === value),
  ),
  identifyRules,
);

/** Log pages. */
export const logReadables = readables(Object.values(logPageIdentifiers), logRules);

/** Features, default values: the current ones are part of the state that moves with the guest. */
export const featureReadables = readables(Object.values(featureIdentifiers), featureRules);

/** Whether Identify Controller, as the guest reads it, announces what the row asks for. */
export function isAnnounced({ needs }: Readable, identify: Uint8Array): boolean {
  return needs === undefined || ((identify[needs.offset] ?? 0) & (1 << needs.bit)) !== 0;
}

function readables(values: readonly NamedValue[], special: readonly Special[]): readonly Readable[] {
  return values.map(({ value, title }) => {
    const [, rule = 'equal', needs] = special.find(([named]) => named.value === value) ?? [];
    return { number: value, title, rule, ...(needs === undefined ? {} : { needs }) };
  });
}
