import {
  type Announcement,
  type AnnouncementRow,
  announcedBy,
  isAnnouncedIn,
} from '../../nvme/announcements/announcements.ts';
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
  /** What of Identify Controller announces it: what is not announced must be refused. */
  readonly needs?: Announcement;
}

type Special = readonly [value: NamedValue, rule: ReadableRule];

const { controller, namespace, namespaceDescriptors, commandSetNamespace, independentNamespace } =
  identifyStructures;
/** Asked for every attached namespace; Identify Namespace itself is compared byte by byte. */
export const namespaceReadables: readonly Readable[] = [
  namespaceDescriptors,
  commandSetNamespace,
  independentNamespace,
].map(({ value, title }) => ({ number: value, title, rule: 'equal' }));

const identifyRules: readonly Special[] = [
  [identifyStructures.activeNamespaces, 'attachments'],
  [identifyStructures.commandSetActiveNamespaces, 'attachments'],
  [identifyStructures.allocatedNamespaces, 'refused'],
  [identifyStructures.allocatedNamespace, 'refused'],
  [identifyStructures.attachedControllers, 'virtual-ids'],
  [identifyStructures.controllers, 'virtual-ids'],
  [identifyStructures.primaryControllerCapabilities, 'refused'],
  [identifyStructures.secondaryControllers, 'refused'],
  [identifyStructures.controllerStateFormats, 'refused'],
];

const logRules: readonly Special[] = [
  [logPageIdentifiers.errorInformation, 'volatile'],
  [logPageIdentifiers.smart, 'volatile'],
  [logPageIdentifiers.firmwareSlot, 'virtual-firmware'],
  [logPageIdentifiers.changedNamespaces, 'volatile'],
  [logPageIdentifiers.deviceSelfTest, 'volatile'],
  [logPageIdentifiers.telemetryHostInitiated, 'volatile'],
  [logPageIdentifiers.telemetryControllerInitiated, 'volatile'],
  [logPageIdentifiers.enduranceGroup, 'volatile'],
  [logPageIdentifiers.persistentEvent, 'volatile'],
  [logPageIdentifiers.reservationNotification, 'volatile'],
  [logPageIdentifiers.sanitizeStatus, 'volatile'],
];

const featureRules: readonly Special[] = [
  [featureIdentifiers.numberOfQueues, 'resources'],
  [featureIdentifiers.timestamp, 'volatile'],
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
  announcedBy.structures,
);

/** Log pages. */
export const logReadables = readables(Object.values(logPageIdentifiers), logRules, announcedBy.logPages);

/** Features, default values: the current ones are part of the state that moves with the guest. */
export const featureReadables = readables(
  Object.values(featureIdentifiers),
  featureRules,
  announcedBy.features,
);

/** Whether Identify Controller, as the guest reads it, announces what the row asks for. */
export function isAnnounced({ needs }: Readable, identify: Uint8Array): boolean {
  return needs === undefined || isAnnouncedIn(identify, needs);
}

function readables(
  values: readonly NamedValue[],
  special: readonly Special[],
  rows: ReadonlyMap<number, AnnouncementRow>,
): readonly Readable[] {
  return values.map(({ value, title }) => {
    const [, rule = 'equal'] = special.find(([named]) => named.value === value) ?? [];
    const needs = rule === 'refused' ? undefined : rows.get(value)?.by;
    return { number: value, title, rule, ...(needs === undefined ? {} : { needs }) };
  });
}
