import { virtualSubsystemIdOf } from '#shared/fleet/ids.ts';
import type {
  Fleet,
  PrimaryController,
  SecondaryController,
  VirtualSubsystem,
} from '#shared/fleet/schema.ts';
import {
  controllerFullTitle,
  findPrimary,
  functionAddress,
  isUnassigned,
  secondariesOf,
} from '#shared/fleet/selectors.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { ElsewhereAnswer } from '#shared/virtual-subsystem/identify-leaks.ts';
import { type GuestFace, likelySecondary, showAsGuest } from '#shared/virtual-subsystem/show-as-guest.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import { identify } from '../migration/guest-answers.ts';

export interface Surroundings {
  readonly fleet: Fleet;
  readonly connection: (hostId: string) => HostConnection | undefined;
}

/** What a guest would get under another primary controller, and whom Berth asked to know it. */
export interface Elsewhere extends ElsewhereAnswer {
  readonly primary: PrimaryController;
  /** `secondary`: a free one answered. `primary`: derived from the controlling function's own answer. */
  readonly basis: 'secondary' | 'primary';
  /** The free secondary's queue; null when none is online. */
  readonly queue: AdminQueue | null;
}

const identifyController = 0x01;

/** The face that a virtual subsystem gives to a member. */
export function faceOf(subsystem: VirtualSubsystem, virtualControllerId: number): GuestFace {
  const { nqn, identity, exposed } = subsystem;
  return { nqn, identity, exposed, virtualControllerId };
}

/** Predicts Identify Controller of a guest with this face under each of these primary controllers. */
export async function answersElsewhere(
  surroundings: Surroundings,
  primaryIds: readonly string[],
  face: GuestFace,
): Promise<Result<Elsewhere[]>> {
  const answers: Elsewhere[] = [];
  for (const primaryId of new Set(primaryIds)) {
    const answer = await answerUnder(surroundings, primaryId, face);
    if (!answer.ok) return answer;
    answers.push(answer.value);
  }
  return succeed(answers);
}

async function answerUnder(
  { fleet, connection }: Surroundings,
  primaryId: string,
  face: GuestFace,
): Promise<Result<Elsewhere>> {
  const primary = Object.hasOwn(fleet.controllers, primaryId) ? findPrimary(fleet, primaryId) : undefined;
  if (primary === undefined)
    return fail('not-found', `${primaryId} is not a primary controller of this fleet.`, {
      object: primaryId,
      fix: 'Choose primary controllers that the topology shows.',
    });
  const title = controllerFullTitle(fleet, primary);
  const host = connection(primary.hostId);
  if (host === undefined || primary.pciAddress === null)
    return fail('not-found', `${title} cannot be reached.`, { object: title, fix: 'Read the fleet again.' });
  // A virtual subsystem of the same name that is prepared there already decides, not the one here.
  const prepared = fleet.virtualSubsystems[virtualSubsystemIdOf(primaryId, face.nqn)];
  const there = prepared === undefined ? face : faceOf(prepared, face.virtualControllerId);
  const free = secondariesOf(fleet, primary).find(canBeAsked);
  const freeAddress = free === undefined ? null : functionAddress(free);
  const freeQueue = freeAddress === null ? undefined : host.guestQueue(freeAddress);
  const queue = freeQueue?.ok ? freeQueue.value : null;
  const asked: Result<AdminQueue> = queue === null ? host.adminQueue(primary.pciAddress) : succeed(queue);
  if (!asked.ok) return asked;
  const bytes = await identify(asked.value, title, identifyController);
  if (!bytes.ok) return bytes;
  const hardware = queue === null ? likelySecondary(bytes.value) : bytes.value;
  return succeed({
    primary,
    primaryId,
    title,
    basis: queue === null ? 'primary' : 'secondary',
    queue,
    identify: showAsGuest(hardware, there),
  });
}

/** Free and online, so that its own answers are the hardware's and nobody is disturbed. */
function canBeAsked(secondary: SecondaryController): boolean {
  return secondary.online && isUnassigned(secondary) && functionAddress(secondary) !== null;
}
