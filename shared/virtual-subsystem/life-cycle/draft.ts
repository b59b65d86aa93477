import { z } from 'zod';
import type { Blocker } from '../../fleet/rules/blocker.ts';
import { assignedBlocker } from '../../fleet/rules/secondary-use.ts';
import { freeVirtualIds, newVirtualIdBlockers } from '../../fleet/rules/virtual-controller-ids.ts';
import { type Fleet, type PrimaryController, virtualIdentitySchema } from '../../fleet/schema.ts';
import { controllerFullTitle, controllerTitle, findPrimary, findSecondary } from '../../fleet/selectors.ts';
import type { Intent } from '../../procedure/intent.ts';
import { plan } from '../../procedure/plan/plan.ts';
import { virtualNqnBlockers } from '../identity/name-rules.ts';
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
    ...idProblems(fleet, draft, primary),
  ];
  const intent = draftIntent(fleet, draft);
  if (problems.length > 0 || intent === null) return problems;
  const planned = plan(fleet, intent);
  if (planned.ok) return [];
  const { message, fix = '', details = [message] } = planned.error;
  return details.map((reason) => ({ field: 'plan', message: reason, fix }));
}

function nameProblems(fleet: Fleet, { nqn, primaryId }: DraftWish): DraftProblem[] {
  return virtualNqnBlockers(fleet, primaryId, nqn).map((blocker) => problem('nqn', blocker));
}

function primaryProblems({ primaryId }: DraftWish, primary: PrimaryController | undefined): DraftProblem[] {
  const fix = 'Choose a primary controller.';
  if (primaryId === null)
    return [{ field: 'primary', message: 'No primary controller has been chosen yet.', fix }];
  if (primary === undefined)
    return [{ field: 'primary', message: `${primaryId} is not a primary controller of this fleet.`, fix }];
  return primary.virtualSubsystems.available
    ? []
    : [
        {
          field: 'primary',
          message: primary.virtualSubsystems.reason,
          fix: 'Choose another primary controller.',
        },
      ];
}

function memberProblems(
  fleet: Fleet,
  { members }: DraftWish,
  primary: PrimaryController | undefined,
): DraftProblem[] {
  const leave = 'Take it out of the draft.';
  return members.flatMap(({ secondaryId }): DraftProblem[] => {
    const secondary = findSecondary(fleet, secondaryId);
    if (secondary === undefined)
      return [
        {
          field: 'members',
          message: `${secondaryId} is not a secondary controller of this fleet.`,
          fix: leave,
        },
      ];
    const found: Blocker[] = [];
    if (primary !== undefined && secondary.primaryId !== primary.id)
      found.push({
        reason: `${controllerFullTitle(fleet, secondary)} is not controlled by ${controllerTitle(primary)}.`,
        fix: leave,
      });
    const assigned = assignedBlocker(fleet, secondary);
    if (assigned !== null) found.push({ ...assigned, fix: `${assigned.fix} Or take it out of the draft.` });
    return found.map((blocker) => problem('members', blocker));
  });
}

function idProblems(
  fleet: Fleet,
  { members, primaryVirtualId, primaryId }: DraftWish,
  primary: PrimaryController | undefined,
): DraftProblem[] {
  const who = (id: string | null) => {
    const controller = id === null ? undefined : fleet.controllers[id];
    return controller === undefined
      ? (id ?? 'the primary controller')
      : controllerFullTitle(fleet, controller);
  };
  const blockers = newVirtualIdBlockers(
    { virtualControllerId: primaryVirtualId, who: who(primaryId) },
    members.map(({ secondaryId, virtualControllerId }) => ({ virtualControllerId, who: who(secondaryId) })),
  );
  // Which id the primary gets matters only once there is one.
  const ofPrimary = primary === undefined ? [] : blockers.primary;
  return [
    ...ofPrimary.map((blocker) => problem('primary', blocker)),
    ...blockers.members.map((blocker) => problem('members', blocker)),
  ];
}

function problem(field: DraftProblem['field'], { reason, fix }: Blocker): DraftProblem {
  return { field, message: reason, fix };
}

/** The next virtual ids for new members: counting on from the highest one, as for members that are added later. */
export function nextDraftIds(
  draft: Pick<DraftWish, 'members' | 'primaryVirtualId'>,
  count: number,
): number[] {
  return freeVirtualIds(draft, count);
}
