import type { Capability, StateFormats } from '#shared/fleet/schema.ts';
import { offeredBy } from '#shared/known-devices/offered-by.ts';
import { identifyStructures } from '#shared/nvme/commands/identify.ts';
import { decodeControllerStateFormats } from '#shared/nvme/layouts/controller-state/controller-state-formats.ts';
import {
  decodeIdentifyController,
  type IdentifyController,
} from '#shared/nvme/layouts/identify/identify-controller.ts';
import { decodeIdentifyNamespace } from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { decodeNamespaceDescriptors } from '#shared/nvme/layouts/identify/namespace-descriptors.ts';
import { decodePrimaryControllerCapabilities } from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import { decodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import {
  decodeNamespaceList,
  maximumNamespaceIdentifiers,
} from '#shared/nvme/layouts/lists/namespace-list.ts';
import {
  decodeSecondaryControllerList,
  maximumSecondaryControllerEntries,
  type SecondaryControllerEntry,
} from '#shared/nvme/layouts/lists/secondary-controller-list.ts';

import type { AdminQueue } from '../../hosts/admin-queue.ts';
import type { AnswerTimeout } from '../../nvme/ask-controller.ts';
import { type AdminReader, createAdminReader } from './admin-reader.ts';
import type { EventLoopPause } from './event-loop-pause.ts';
import type { ControllerReading, NamespaceReading } from './host-reading.ts';
import { announcingIdentify } from './identity-text.ts';
import { readFunctions, withoutFunctions } from './read-functions.ts';
import { readVirtualSubsystems } from './read-virtual-subsystems.ts';

export interface ReadControllerOptions extends AnswerTimeout {
  /** As the person knows it: `hv-a/nvme1`. */
  readonly device: string;
  readonly pause: EventLoopPause;
  /** A controller with SR-IOV is asked for its secondaries, its namespaces and its virtual subsystems as well. */
  readonly depth: 'secondary' | 'plain' | 'primary';
}

/** Asks one controller, through its admin queue alone, everything that the fleet shows of it. */
export async function readController(
  queue: AdminQueue,
  options: ReadControllerOptions,
): Promise<ControllerReading> {
  const reader = createAdminReader(queue, options.device, options);
  const identify = await reader.identify(
    { cns: identifyStructures.controller.value },
    'Identify Controller',
    decodeIdentifyController,
    'required',
  );
  const active = await readNamespaceIds(reader, identifyStructures.activeNamespaces.value, 'required');
  const isPrimary = options.depth === 'primary';
  const primary = isPrimary ? await readPrimaryCapabilities(reader, identify) : null;
  const secondaries = isPrimary ? await readSecondaries(reader, identify) : [];
  const stateFormats = isPrimary ? await readStateFormats(reader) : null;
  const virtual = isPrimary ? await readVirtualSubsystems(reader, identify, options.device) : none(options);
  const functions = isPrimary
    ? await readFunctions(reader, identify, options.device)
    : withoutFunctions(`${options.device} is not a primary controller`);
  const namespaces =
    options.depth === 'secondary' ? [] : await readNamespaces(reader, active ?? [], options.device);
  return {
    identify,
    activeNamespaces: active,
    primary,
    secondaries,
    stateFormats,
    virtualSubsystemSupport: virtual.support,
    virtualSubsystems: virtual.virtualSubsystems,
    offered: virtual.offered,
    functionSupport: functions.support,
    functions: functions.functions,
    namespaces,
    unanswered: reader.unanswered,
    isSilent: reader.isSilent,
    suspended: [],
    problems: reader.problems,
  };
}

function none(options: ReadControllerOptions) {
  const support: Capability = { available: false, reason: `${options.device} is not a primary controller.` };
  return { support, virtualSubsystems: [], offered: null };
}

export function readPrimaryCapabilities(reader: AdminReader, identify: IdentifyController | null) {
  return reader.identify(
    { cns: identifyStructures.primaryControllerCapabilities.value },
    'Primary Controller Capabilities',
    decodePrimaryControllerCapabilities,
    needOf(identify, identifyStructures.primaryControllerCapabilities.value),
  );
}

/** A structure that a primary controller does not announce it may lack; some have it all the same. */
function needOf(identify: IdentifyController | null, cns: number): 'required' | 'optional' {
  return offeredBy(announcingIdentify(identify), 'structures', cns) === false ? 'optional' : 'required';
}

/** The whole Secondary Controller List, page after page: a page holds 127 entries. */
export async function readSecondaries(
  reader: AdminReader,
  identify: IdentifyController | null,
): Promise<SecondaryControllerEntry[]> {
  const need = needOf(identify, identifyStructures.secondaryControllers.value);
  const entries: SecondaryControllerEntry[] = [];
  for (let cntid = 0; cntid <= 0xffff; ) {
    const page = await reader.identify(
      { cns: identifyStructures.secondaryControllers.value, cntid },
      'Secondary Controller List',
      decodeSecondaryControllerList,
      need,
    );
    // A device that ignores CNTID would answer the same page for ever.
    const fresh = page?.entries.filter((entry) => entry.scid >= cntid) ?? [];
    entries.push(...fresh);
    const last = fresh.at(-1);
    if (last === undefined || fresh.length < maximumSecondaryControllerEntries) break;
    cntid = last.scid + 1;
  }
  return entries;
}

/** Active (02h) or allocated (10h) NSIDs, page after page of 1024; null when the controller refuses the list. */
export async function readNamespaceIds(
  reader: AdminReader,
  cns: number,
  need: 'required' | 'optional',
): Promise<number[] | null> {
  const nsids: number[] = [];
  for (let after = 0; ; ) {
    const page = await reader.identify({ cns, nsid: after }, 'Namespace List', decodeNamespaceList, need);
    if (page === null) return nsids.length > 0 ? nsids : null;
    const fresh = page.identifiers.filter((nsid) => nsid > after);
    nsids.push(...fresh);
    const last = fresh.at(-1);
    if (last === undefined || fresh.length < maximumNamespaceIdentifiers) return nsids;
    after = last;
  }
}

/** Answering at all is what makes a controller a migration manager; the OACS bit alone is not trusted. */
async function readStateFormats(reader: AdminReader): Promise<StateFormats | null> {
  const formats = await reader.identify(
    { cns: identifyStructures.controllerStateFormats.value },
    'Supported Controller State Formats',
    decodeControllerStateFormats,
    'optional',
  );
  return formats === null ? null : { versions: [...formats.versions], uuids: [...formats.uuids] };
}

async function readNamespaces(
  reader: AdminReader,
  active: readonly number[],
  device: string,
): Promise<NamespaceReading[]> {
  const allocated = await readNamespaceIds(reader, identifyStructures.allocatedNamespaces.value, 'optional');
  const nsids = [...new Set([...(allocated ?? []), ...active])].sort((left, right) => left - right);
  const readings: NamespaceReading[] = [];
  for (const nsid of nsids) readings.push(await readNamespace(reader, nsid, active.includes(nsid), device));
  return readings;
}

async function readNamespace(
  reader: AdminReader,
  nsid: number,
  isActive: boolean,
  device: string,
): Promise<NamespaceReading> {
  const before = reader.problems.length;
  const structure = isActive ? identifyStructures.namespace : identifyStructures.allocatedNamespace;
  const identify = await reader.identify(
    { cns: structure.value, nsid },
    `Identify Namespace ${nsid}`,
    decodeIdentifyNamespace,
    'required',
  );
  // CNS 03h answers for active namespaces only; NGUID and EUI64 of the others are in Identify Namespace.
  const descriptors = isActive
    ? await reader.identify(
        { cns: identifyStructures.namespaceDescriptors.value, nsid },
        `Namespace Identification Descriptors ${nsid}`,
        decodeNamespaceDescriptors,
        'optional',
      )
    : null;
  const attachedTo = await readAttachedControllers(reader, nsid);
  const problems = reader.problems.splice(before);
  if (identify !== null && identify.nsze === 0n)
    problems.push({
      source: `${device} · Identify Namespace ${nsid}`,
      field: 'bytes 0-7 (NSZE)',
      message: 'The size is 0, although the namespace is listed.',
    });
  return { nsid, identify, descriptors: descriptors?.descriptors ?? [], attachedTo, problems };
}

export async function readAttachedControllers(reader: AdminReader, nsid: number): Promise<number[] | null> {
  const list = await reader.identify(
    { cns: identifyStructures.attachedControllers.value, nsid },
    `Controllers attached to namespace ${nsid}`,
    decodeControllerList,
    'optional',
  );
  return list === null ? null : [...list.identifiers];
}
