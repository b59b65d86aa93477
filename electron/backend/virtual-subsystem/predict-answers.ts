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
import { identifyStructures } from '#shared/nvme/commands/identify.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import {
  answerAsGuest,
  configurationAsGuest,
  type GuestQuestion,
  propertiesAsGuest,
} from '#shared/virtual-subsystem/guest-view/answer-as-guest.ts';
import {
  type GuestIdentity,
  likelySecondary,
  showAsGuest,
} from '#shared/virtual-subsystem/guest-view/show-as-guest.ts';
import type { PredictedIdentify } from '#shared/virtual-subsystem/leak-check/identify-leaks.ts';
import type { Answer } from '#shared/virtual-subsystem/leak-check/readable-leaks.ts';
import { readIdentify } from '../guest-view/guest-answers.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import { type AnswerTimeout, type AskedController, controllerToAsk } from '../nvme/ask-controller.ts';
import { askPreview, askPreviewBytes, askQuestion } from './ask.ts';

export interface FleetConnections {
  readonly fleet: Fleet;
  readonly connection: (hostId: string) => HostConnection | undefined;
  /** How long one controller may take for one answer. */
  readonly timeout: AnswerTimeout;
}

/** What a guest would get under another primary controller, and whom Berth asked to know it. */
export interface PredictedAnswers extends PredictedIdentify {
  readonly primary: PrimaryController;
  /**
   * `secondary`: a free one answered. `preview`: the controlling function said what one would answer. `primary`: derived
   * from the controlling function's own answer.
   */
  readonly basis: 'secondary' | 'preview' | 'primary';
  /** What the guest would get to a question; undefined when only a secondary that is online could say. */
  readonly ask: (question: GuestQuestion) => Promise<Result<Answer | undefined>>;
  /** Controller properties and PCI configuration space of the guest, likewise. */
  readonly properties: Uint8Array | undefined;
  readonly configuration: Uint8Array | undefined;
}

const identifyController = {
  kind: 'identify',
  number: identifyStructures.controller.value,
  nsid: 0,
} as const;

/** What a virtual subsystem makes a member show. */
export function guestIdentityOf(subsystem: VirtualSubsystem, virtualControllerId: number): GuestIdentity {
  const { nqn, identity, exposed } = subsystem;
  return { nqn, identity, exposed, virtualControllerId };
}

/** Predicts Identify Controller of a guest with this identity under each of these primary controllers. */
export async function predictAnswers(
  surroundings: FleetConnections,
  primaryIds: readonly string[],
  guest: GuestIdentity,
): Promise<Result<PredictedAnswers[]>> {
  const answers: PredictedAnswers[] = [];
  for (const primaryId of new Set(primaryIds)) {
    const answer = await answerUnder(surroundings, primaryId, guest);
    if (!answer.ok) return answer;
    answers.push(answer.value);
  }
  return succeed(answers);
}

async function answerUnder(
  { fleet, connection, timeout }: FleetConnections,
  primaryId: string,
  guest: GuestIdentity,
): Promise<Result<PredictedAnswers>> {
  const primary = Object.hasOwn(fleet.controllers, primaryId) ? findPrimary(fleet, primaryId) : undefined;
  if (primary === undefined)
    return fail('not-found', `${primaryId} is not a primary controller of this fleet.`, {
      object: primaryId,
      fix: 'Choose primary controllers shown in the topology.',
    });
  const title = controllerFullTitle(fleet, primary);
  const host = connection(primary.hostId);
  if (host === undefined || primary.pciAddress === null)
    return fail('not-found', `${title} cannot be reached.`, { object: title, fix: 'Read the fleet again.' });
  // A virtual subsystem of the same name that is prepared there already decides, not the one here.
  const prepared = fleet.virtualSubsystems[virtualSubsystemIdOf(primaryId, guest.nqn)];
  const there = prepared === undefined ? guest : guestIdentityOf(prepared, guest.virtualControllerId);
  const free = secondariesOf(fleet, primary).find(canBeAsked);
  const ownQueue = host.adminQueue(primary.pciAddress);
  const own = ownQueue.ok ? succeed(controllerToAsk(ownQueue.value, title, timeout)) : ownQueue;
  const controlling = own.ok ? own.value : null;
  const previewing = primary.offered === undefined ? null : controlling;
  const address = free === undefined ? null : functionAddress(free);
  const freeQueue = address === null ? undefined : host.guestQueue(address);
  const secondary =
    free !== undefined && freeQueue?.ok
      ? controllerToAsk(freeQueue.value, controllerFullTitle(fleet, free), timeout)
      : null;
  const hardware = await hardwareOf(secondary, previewing, own);
  if (!hardware.ok) return hardware;
  const { basis } = hardware.value;
  const shown = showAsGuest(hardware.value.identify, there);
  const properties = await bytesOf(
    address === null ? null : host.guestRegisters(address),
    previewing,
    'properties',
  );
  if (!properties.ok) return properties;
  const space = await bytesOf(
    address === null ? null : host.guestConfigSpace(address),
    previewing,
    'configuration',
  );
  if (!space.ok) return space;
  return succeed({
    primary,
    primaryId,
    title,
    basis,
    identify: shown,
    properties:
      properties.value === undefined ? undefined : propertiesAsGuest(properties.value, there, shown),
    configuration: space.value === undefined ? undefined : configurationAsGuest(space.value, there),
    async ask(question) {
      // The namespaces of the guest are not attached to a free secondary; the preview answers as if they were.
      const isOfNamespace = question.nsid !== 0;
      if (previewing !== null && (isOfNamespace || secondary === null))
        return shownAnswer(question, await askPreview(previewing, question));
      if (isOfNamespace || secondary === null) return succeed(undefined);
      return shownAnswer(question, await askQuestion(secondary, question));
    },
  });

  function shownAnswer(question: GuestQuestion, answer: Result<Answer>): Result<Answer> {
    return answer.ok ? succeed(answerAsGuest(question, answer.value, there, shown)) : answer;
  }
}

/** Identify Controller of a secondary of this primary, from the best source that there is. */
async function hardwareOf(
  secondary: AskedController | null,
  previewing: AskedController | null,
  own: Result<AskedController>,
): Promise<Result<{ readonly basis: PredictedAnswers['basis']; readonly identify: Uint8Array }>> {
  if (secondary !== null) {
    const bytes = await readIdentify(secondary, identifyStructures.controller);
    return bytes.ok ? succeed({ basis: 'secondary', identify: bytes.value }) : bytes;
  }
  if (previewing !== null) {
    const preview = await askPreview(previewing, identifyController);
    if (!preview.ok) return preview;
    if (preview.value !== null) return succeed({ basis: 'preview', identify: preview.value });
  }
  if (!own.ok) return own;
  const bytes = await readIdentify(own.value, identifyStructures.controller);
  return bytes.ok ? succeed({ basis: 'primary', identify: likelySecondary(bytes.value) }) : bytes;
}

async function bytesOf(
  free: Result<Uint8Array> | null,
  previewing: AskedController | null,
  kind: 'properties' | 'configuration',
): Promise<Result<Uint8Array | undefined>> {
  if (free?.ok) return free;
  if (previewing === null) return succeed(undefined);
  const preview = await askPreviewBytes(previewing, kind);
  return preview.ok ? succeed(preview.value ?? undefined) : preview;
}

/** Free and online, so that its own answers are the hardware's and nobody is disturbed. */
function canBeAsked(secondary: SecondaryController): boolean {
  return secondary.online && isUnassigned(secondary) && functionAddress(secondary) !== null;
}
