import { z } from 'zod';
import { largestControllerId } from '../../fleet/rules/assignment.ts';
import { type Fleet, type PrimaryController, virtualIdentitySchema } from '../../fleet/schema.ts';
import {
  controllerFullTitle,
  controllerTitle,
  findPrimary,
  findSecondary,
  hostTitle,
  isUnassigned,
  secondaryStateWords,
} from '../../fleet/selectors.ts';
import { checkVirtualNqn } from '../../nvme/nqn.ts';
import type { Intent } from '../../procedure/intent.ts';
import { plan } from '../../procedure/plan/plan.ts';
import { exposedFor, exposureSchema } from '../mask/exposure.ts';

const objectId = z.string().min(1).max(512);
const uint16 = z.number().int().min(0).max(0xffff);

/**
 * A virtual subsystem that is only wanted: kept by Berth, sent to no device. Its name, its primary and its members may
 * be wrong or taken meanwhile; `draftProblems` says so.
 */
export const virtualSubsystemDraftSchema = z.object({
  id: z.string().min(1).max(64),
  /** Virtual NQN as typed. */
  nqn: z.string().max(512),
  /** Controlling function that it is to be created on; null: not chosen yet. */
  primaryId: objectId.nullable(),
  primaryVirtualId: uint16,
  identity: virtualIdentitySchema,
  exposure: exposureSchema,
  /** Members wanted, each with its virtual controller id. */
  members: z.array(z.object({ secondaryId: objectId, virtualControllerId: uint16 })).max(255),
  /** Milliseconds since the Unix epoch. */
  savedAt: z.number().int().min(0),
});
export type VirtualSubsystemDraft = z.infer<typeof virtualSubsystemDraftSchema>;

/** A draft as it is typed: not saved yet, or saved under the id. */
export type DraftWish = Omit<VirtualSubsystemDraft, 'id' | 'savedAt'> & { readonly id?: string | undefined };

/** Something that stands against creating the draft now, and what to do about it. */
export interface DraftProblem {
  readonly field: 'nqn' | 'primary' | 'members' | 'plan';
  readonly message: string;
  readonly fix: string;
}

type CreateIntent = Extract<Intent, { kind: 'create-virtual-subsystem' }>;

/** What creating the draft asks for, with the baseline as it is now; null without a primary. */
export function draftIntent(fleet: Fleet, draft: DraftWish): CreateIntent | null {
  const { id: draftId, nqn, primaryId, primaryVirtualId, identity, exposure, members } = draft;
  if (primaryId === null) return null;
  return {
    kind: 'create-virtual-subsystem',
    ...{ primaryId, nqn, primaryVirtualId, identity },
    ...(draftId === undefined ? {} : { draftId }),
    exposed: exposedFor(fleet, primaryId, exposure),
    ...(members.length === 0 ? {} : { members }),
  };
}

/** Everything that stands against the draft on this fleet; empty: it can be created. */
export function draftProblems(fleet: Fleet, draft: DraftWish): DraftProblem[] {
  const primary = draft.primaryId === null ? undefined : findPrimary(fleet, draft.primaryId);
  const problems = [
    ...nameProblems(fleet, draft),
    ...primaryProblems(draft, primary),
    ...memberProblems(fleet, draft, primary),
  ];
  const intent = draftIntent(fleet, draft);
  if (problems.length > 0 || intent === null) return problems;
  const planned = plan(fleet, intent);
  if (planned.ok) return [];
  const { message, fix = '', details = [message] } = planned.error;
  return details.map((reason) => ({ field: 'plan', message: reason, fix }));
}

function nameProblems(fleet: Fleet, { nqn, primaryId }: DraftWish): DraftProblem[] {
  const checked = checkVirtualNqn(nqn);
  if (!checked.ok) return [{ field: 'nqn', message: checked.error.message, fix: checked.error.fix ?? '' }];
  const fix = 'Give the draft another virtual NQN.';
  if (fleet.subsystems[nqn] !== undefined)
    return [{ field: 'nqn', message: `${nqn} is the NQN of a physical NVM subsystem.`, fix }];
  const taken = Object.values(fleet.virtualSubsystems).find(
    (other) => other.nqn === nqn && other.primaryId === primaryId,
  );
  if (taken === undefined) return [];
  const where = findPrimary(fleet, taken.primaryId);
  const place = where === undefined ? hostTitle(fleet, taken.hostId) : controllerFullTitle(fleet, where);
  return [{ field: 'nqn', message: `${nqn} is taken on ${place} now.`, fix }];
}

function primaryProblems(
  { primaryId, primaryVirtualId }: DraftWish,
  primary: PrimaryController | undefined,
): DraftProblem[] {
  const fix = 'Choose a primary controller.';
  if (primaryId === null) return [{ field: 'primary', message: 'No primary controller is chosen yet.', fix }];
  if (primary === undefined)
    return [{ field: 'primary', message: `${primaryId} is no primary controller of this fleet.`, fix }];
  if (!primary.virtualSubsystems.available)
    return [
      {
        field: 'primary',
        message: primary.virtualSubsystems.reason,
        fix: 'Choose another primary controller.',
      },
    ];
  return primaryVirtualId > largestControllerId
    ? [reservedId('primary', primaryVirtualId, controllerTitle(primary))]
    : [];
}

function reservedId(field: DraftProblem['field'], id: number, who: string): DraftProblem {
  return {
    field,
    message: `Virtual id ${id} of ${who} is reserved (NVMe Base 2.1, 3.1.3.1).`,
    fix: `Use 0 to ${largestControllerId}.`,
  };
}

function memberProblems(
  fleet: Fleet,
  { members, primaryVirtualId }: DraftWish,
  primary: PrimaryController | undefined,
): DraftProblem[] {
  const taken = new Set([primaryVirtualId]);
  return members.flatMap(({ secondaryId, virtualControllerId }): DraftProblem[] => {
    const field = 'members';
    const secondary = findSecondary(fleet, secondaryId);
    const leave = 'Take it out of the draft.';
    if (secondary === undefined)
      return [{ field, message: `${secondaryId} is no secondary controller of this fleet.`, fix: leave }];
    const title = controllerFullTitle(fleet, secondary);
    const found: DraftProblem[] = [];
    if (primary !== undefined && secondary.primaryId !== primary.id)
      found.push({
        field,
        message: `${title} is not controlled by ${controllerTitle(primary)}.`,
        fix: leave,
      });
    if (!isUnassigned(secondary))
      found.push({
        field,
        message: `${title} is in use now: ${secondaryStateWords(fleet, secondaryId)}.`,
        fix: `Return it to the pool, or: ${leave.toLowerCase()}`,
      });
    if (virtualControllerId > largestControllerId) found.push(reservedId(field, virtualControllerId, title));
    if (taken.has(virtualControllerId))
      found.push({
        field,
        message: `Virtual id ${virtualControllerId} is wanted twice, by ${title} too.`,
        fix: 'Give it another virtual id.',
      });
    taken.add(virtualControllerId);
    return found;
  });
}

/** The next virtual ids for new members: counting on from the highest one, as for members that are added later. */
export function nextDraftIds(
  { members, primaryVirtualId }: Pick<DraftWish, 'members' | 'primaryVirtualId'>,
  count: number,
): number[] {
  const highest = Math.max(
    primaryVirtualId,
    ...members.map(({ virtualControllerId }) => virtualControllerId),
  );
  return Array.from({ length: count }, (_, index) => highest + 1 + index);
}
