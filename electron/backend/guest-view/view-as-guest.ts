import { Buffer } from 'node:buffer';
import type { SecondaryController } from '#shared/fleet/schema.ts';
import {
  controllerFullTitle,
  findPrimary,
  functionAddress,
  virtualSubsystemOf,
} from '#shared/fleet/selectors.ts';
import type { GuestStructureName, ResponseOf } from '#shared/ipc/contract.ts';
import { identifyStructures } from '#shared/nvme/commands/identify.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import {
  configurationStructure,
  propertiesStructure,
  ruledBytes,
} from '#shared/virtual-subsystem/guest-view/guest-structures.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import { type AnswerTimeout, controllerToAsk } from '../nvme/ask-controller.ts';
import {
  type FleetConnections,
  guestIdentityOf,
  predictAnswers,
} from '../virtual-subsystem/predict-answers.ts';
import { readIdentify } from './guest-answers.ts';
import { guestFields, sameBytes, viewedStructures } from './guest-fields.ts';

/**
 * A structure as the guest of a secondary gets it, as its controlling function answers, and as the guest would get it
 * under other primary controllers. Refused while the secondary is offline or has no function.
 */
export async function viewAsGuest(
  surroundings: FleetConnections,
  controllerId: string,
  primaryIds: readonly string[],
  structure: GuestStructureName,
): Promise<Result<ResponseOf<'guest:view'>>> {
  const { fleet: known, connection } = surroundings;
  const controller = Object.hasOwn(known.controllers, controllerId)
    ? known.controllers[controllerId]
    : undefined;
  if (controller?.role !== 'secondary')
    return fail('not-found', `${controllerId} is not a secondary controller of this fleet.`, {
      object: controllerId,
      fix: 'Select a secondary controller.',
    });
  const title = controllerFullTitle(known, controller);
  const primary = findPrimary(known, controller.primaryId);
  const host = connection(controller.hostId);
  const address = functionAddress(controller);
  if (address === null || primary?.pciAddress == null || host === undefined)
    return fail('not-found', `${title} has no function on its host.`, {
      object: title,
      fix: 'Raise the VF count of its primary controller, or make a provisioned function visible.',
    });
  // An offline controller does not answer at all; asking would only end in a timeout.
  if (!controller.online)
    return fail('refused', `${title} is offline, so no guest can read from it.`, {
      object: title,
      fix: 'Bring it online first.',
    });
  const lookAt = (title: string) => ({ host, structure, title, timeout: surroundings.timeout });
  const guest = await guestBytes(lookAt(title), address);
  if (!guest.ok) return guest;
  const physical = await physicalBytes(lookAt(controllerFullTitle(known, primary)), primary.pciAddress);
  if (!physical.ok) return physical;
  const fields = guestFields(guest.value, physical.value, viewedStructures[structure]);
  if (!fields.ok) return fields;
  const underOtherPrimaries = await viewUnderOtherPrimaries(
    surroundings,
    controller,
    primaryIds,
    guest.value,
    structure,
  );
  if (!underOtherPrimaries.ok) return underOtherPrimaries;
  return succeed({
    bytes: Buffer.from(guest.value).toString('base64'),
    fields: fields.value,
    underOtherPrimaries: underOtherPrimaries.value,
  });
}

/** The guest's own state and resources are the same after a migration; only the hardware under them is another. */
function withGuestState(hardware: Uint8Array, here: Uint8Array, structure: GuestStructureName): Uint8Array {
  if (structure === 'identify-controller') return hardware;
  const bytes = hardware.slice();
  const rules = structure === 'properties' ? propertiesStructure : configurationStructure;
  for (const { rule, offset, size } of ruledBytes(rules))
    if (rule === 'state' || rule === 'resources') bytes.set(here.subarray(offset, offset + size), offset);
  return bytes;
}

/** Which structure of which controller is looked at. */
interface Look {
  readonly host: HostConnection;
  readonly structure: GuestStructureName;
  /** The controller as the user knows it. */
  readonly title: string;
  readonly timeout: AnswerTimeout;
}

async function guestBytes(
  { host, structure, title, timeout }: Look,
  address: string,
): Promise<Result<Uint8Array>> {
  if (structure === 'properties') return host.guestRegisters(address);
  if (structure === 'configuration') return host.guestConfigSpace(address);
  const queue = host.guestQueue(address);
  return queue.ok
    ? readIdentify(controllerToAsk(queue.value, title, timeout), identifyStructures.controller)
    : queue;
}

/** The controlling function's own; no guest has it, so that its registers and configuration space are its host's. */
async function physicalBytes(look: Look, address: string): Promise<Result<Uint8Array>> {
  const { host, structure, title, timeout } = look;
  if (structure !== 'identify-controller') return guestBytes(look, address);
  const queue = host.adminQueue(address);
  return queue.ok
    ? readIdentify(controllerToAsk(queue.value, title, timeout), identifyStructures.controller)
    : queue;
}

/** The same guest under other primary controllers. Only a member of a virtual subsystem can get there. */
async function viewUnderOtherPrimaries(
  surroundings: FleetConnections,
  controller: SecondaryController,
  primaryIds: readonly string[],
  here: Uint8Array,
  structure: GuestStructureName,
): Promise<Result<ResponseOf<'guest:view'>['underOtherPrimaries']>> {
  const subsystem = virtualSubsystemOf(surroundings.fleet, controller);
  if (subsystem === undefined || primaryIds.length === 0) return succeed([]);
  const guestIdentity = guestIdentityOf(subsystem, controller.virtualControllerId ?? 0);
  const answers = await predictAnswers(surroundings, primaryIds, guestIdentity);
  if (!answers.ok) return answers;
  const views: ResponseOf<'guest:view'>['underOtherPrimaries'] = [];
  for (const { primaryId, title, basis, identify: identified, properties, configuration } of answers.value) {
    const hardware = { 'identify-controller': identified, properties, configuration }[structure];
    if (hardware === undefined) continue;
    const there = withGuestState(hardware, here, structure);
    const fields = guestFields(here, there, viewedStructures[structure]);
    if (!fields.ok) return fields;
    views.push({
      ...{ primaryId, title, basis, fields: fields.value },
      identical: sameBytes(here, there, 0, here.length),
    });
  }
  return succeed(views);
}
