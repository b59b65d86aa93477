import { z } from 'zod';
import { onlineBlockers, resourceBlockers, type SecondaryResources } from '../../fleet/rules/resources.ts';
import type { Fleet, SecondaryController } from '../../fleet/schema.ts';
import { controllerTitle, findSecondary } from '../../fleet/selectors.ts';
import {
  resourceTypes,
  virtualizationActions,
  virtualizationManagement,
} from '../../nvme/commands/virtualization-management.ts';
import { defineStep, type StepEffect } from '../step-definition.ts';
import { sendsCommand, toManager } from './command.ts';
import { functionMissing, hasFunction, onManaged } from './conditions.ts';
import { id, type Resource, resource, uint16 } from './fields.ts';
import { takenOffline, withResources, withSecondary } from './predictions.ts';
import type { FunctionLevelReset } from './resets.ts';
import { titleOf } from './titles.ts';

/** Virtualization Management (1Ch) of one secondary controller, through its primary controller (NVMe Base 2.1, 5.2.6). */

const offlineSchema = z.object({ kind: z.literal('secondary-offline'), secondaryId: id });
const assignSchema = z.object({
  kind: z.literal('secondary-assign'),
  secondaryId: id,
  resource,
  count: uint16,
});
const onlineSchema = z.object({ kind: z.literal('secondary-online'), secondaryId: id });

type SecondaryOffline = z.infer<typeof offlineSchema>;
export type SecondaryAssign = z.infer<typeof assignSchema>;
type SecondaryOnline = z.infer<typeof onlineSchema>;

const offline = defineStep({
  schema: offlineSchema,
  targets: ({ secondaryId }) => ({ controllers: [secondaryId] }),
  words: ({ secondaryId }, fleet) =>
    `Take ${titleOf(fleet, secondaryId)} offline; its flexible resources return to the primary`,
  ...sendsCommand<SecondaryOffline>({
    build: ({ secondaryId }, fleet) =>
      toManager(fleet, secondaryId, (cntlid) =>
        virtualizationManagement.encode({ cntlid, act: virtualizationActions.secondaryOffline.value }),
      ),
  }),
  blockers: ({ secondaryId }, fleet) => onManaged(fleet, secondaryId, () => []),
  predict: ({ secondaryId }, fleet) => takenOffline(fleet, secondaryId),
  effect: ({ secondaryId }, fleet) =>
    effectOn(fleet, secondaryId, ({ online: isOnline, nvq, nvi }) => !isOnline && nvq === 0 && nvi === 0),
  inverse({ secondaryId }, fleet): (SecondaryAssign | SecondaryOnline | FunctionLevelReset)[] | null {
    const secondary = findSecondary(fleet, secondaryId);
    if (secondary === undefined) return null;
    return secondary.online ? bringBack(fleet, secondary) : assignmentsOf(secondary);
  },
  sets: ({ secondaryId: object }) => [
    { object, aspect: 'online', value: false },
    { object, aspect: 'VQ', value: 0 },
    { object, aspect: 'VI', value: 0 },
  ],
  scope: () => ({ resources: true }),
});

const assign = defineStep({
  schema: assignSchema,
  targets: ({ secondaryId }) => ({ controllers: [secondaryId] }),
  words: ({ secondaryId, resource: of, count }, fleet) =>
    `Take ${count} ${of} resources for ${titleOf(fleet, secondaryId)}`,
  ...sendsCommand<SecondaryAssign>({
    build: ({ secondaryId, resource: of, count }, fleet) =>
      toManager(fleet, secondaryId, (cntlid) =>
        virtualizationManagement.encode({
          cntlid,
          act: virtualizationActions.secondaryAssign.value,
          rt: resourceTypeOf(of),
          nr: count,
        }),
      ),
  }),
  blockers: ({ secondaryId, resource: of, count }, fleet) =>
    onManaged(fleet, secondaryId, (secondary, primary) => {
      if (secondary.online)
        return [`${controllerTitle(secondary)} is online; resources change only while it is offline.`];
      const resources = {
        vq: of === 'VQ' ? count : secondary.nvq,
        vi: of === 'VI' ? count : secondary.nvi,
      };
      return resourceBlockers(fleet, primary, [{ secondary, resources }]);
    }),
  predict: ({ secondaryId, resource: of, count }, fleet) => withResources(fleet, secondaryId, of, count),
  effect: ({ secondaryId, resource: of, count }, fleet) =>
    effectOn(fleet, secondaryId, (secondary) => heldBy(secondary, of) === count),
  inverse(step, fleet) {
    const secondary = findSecondary(fleet, step.secondaryId);
    return secondary === undefined ? null : [{ ...step, count: heldBy(secondary, step.resource) }];
  },
  sets: ({ secondaryId, resource: of, count }) => [
    { object: secondaryId, aspect: of, value: count, inForceWith: 'online' },
  ],
  scope: () => ({ resources: true }),
});

const online = defineStep({
  schema: onlineSchema,
  targets: ({ secondaryId }) => ({ controllers: [secondaryId] }),
  words: ({ secondaryId }, fleet) => `Bring ${titleOf(fleet, secondaryId)} online`,
  ...sendsCommand<SecondaryOnline>({
    build: ({ secondaryId }, fleet) =>
      toManager(fleet, secondaryId, (cntlid) =>
        virtualizationManagement.encode({ cntlid, act: virtualizationActions.secondaryOnline.value }),
      ),
  }),
  blockers: ({ secondaryId }, fleet) =>
    onManaged(fleet, secondaryId, (secondary, primary) => {
      const missing = secondary.vfn > primary.numVfs ? [functionMissing(secondary)] : [];
      return [...missing, ...onlineBlockers(primary, secondary, { vq: secondary.nvq, vi: secondary.nvi })];
    }),
  predict: ({ secondaryId }, fleet) => withSecondary(fleet, secondaryId, { online: true }),
  effect: ({ secondaryId }, fleet) => effectOn(fleet, secondaryId, ({ online: isOnline }) => isOnline),
  inverse({ secondaryId }, fleet): (SecondaryOffline | SecondaryAssign)[] | null {
    const secondary = findSecondary(fleet, secondaryId);
    if (secondary?.online) return [];
    // Going offline takes the resources away; the assignments put back what was held before.
    const held = secondary === undefined ? [] : assignmentsOf(secondary);
    return [{ kind: 'secondary-offline', secondaryId }, ...held];
  },
  sets: ({ secondaryId }) => [{ object: secondaryId, aspect: 'online', value: true }],
  scope: () => ({ resources: true }),
});

export const secondarySteps = {
  'secondary-offline': offline,
  'secondary-assign': assign,
  'secondary-online': online,
};

/** The value of RT in Virtualization Management. */
export function resourceTypeOf(of: Resource): number {
  return of === 'VQ' ? resourceTypes.virtualQueue.value : resourceTypes.virtualInterrupt.value;
}

/** The assignments that give an offline secondary controller what this one holds. Interrupts before queues: see `configurationSteps`. */
export function assignmentsOf({ id: secondaryId, nvq, nvi }: SecondaryController): SecondaryAssign[] {
  const of = (type: Resource, count: number): SecondaryAssign[] =>
    count > 0 ? [{ kind: 'secondary-assign', secondaryId, resource: type, count }] : [];
  return [...of('VI', nvi), ...of('VQ', nvq)];
}

/**
 * What makes an offline secondary controller ready to go online with these resources, in the order of every bring-up:
 * interrupts, queues, reset of the function, so that the new vector table is in force (NVMe Base 2.1, 8.2.6). Interrupts
 * come first: a queue without its vector would be of no use to a secondary that went online early.
 */
export function configurationSteps(
  fleet: Fleet,
  secondary: SecondaryController,
  { vq, vi }: SecondaryResources,
): (SecondaryAssign | FunctionLevelReset)[] {
  const { id: secondaryId, hostId, nvq, nvi } = secondary;
  const assignment = (type: Resource, count: number): SecondaryAssign => ({
    ...{ kind: 'secondary-assign', secondaryId, resource: type, count },
  });
  // A hidden function has nothing on its host that could be reset; going online it starts anew.
  const canReset = hasFunction(fleet, secondary) && fleet.hosts[hostId]?.capabilities.changePci.available;
  return [
    ...(nvi === vi ? [] : [assignment('VI', vi)]),
    ...(nvq === vq ? [] : [assignment('VQ', vq)]),
    ...(canReset ? [{ kind: 'function-level-reset' as const, controllerId: secondaryId }] : []),
  ];
}

function bringBack(
  fleet: Fleet,
  secondary: SecondaryController,
): (SecondaryAssign | SecondaryOnline | FunctionLevelReset)[] {
  const { nvq: vq, nvi: vi, id: secondaryId } = secondary;
  // Offline, it will hold nothing.
  const offlineOne = { ...secondary, nvq: 0, nvi: 0 };
  return [...configurationSteps(fleet, offlineOne, { vq, vi }), { kind: 'secondary-online', secondaryId }];
}

function heldBy({ nvq, nvi }: SecondaryController, of: Resource): number {
  return of === 'VQ' ? nvq : nvi;
}

function effectOn(
  fleet: Fleet,
  secondaryId: string,
  holds: (secondary: SecondaryController) => boolean,
): StepEffect {
  const secondary = findSecondary(fleet, secondaryId);
  return secondary === undefined
    ? { holds: false, readBack: secondaryUnlisted }
    : { holds: holds(secondary), readBack: secondaryWords(secondary) };
}

export const secondaryUnlisted = 'Its primary controller no longer lists it';

/** What a read-back of a secondary controller says: `VF 12 is online with 4 VQ, 2 VI, VFIO RUNNING`. */
export function secondaryWords(secondary: SecondaryController): string {
  const vfio = secondary.vfioState === null ? '' : `, VFIO ${secondary.vfioState}`;
  return `${controllerTitle(secondary)} is ${secondary.online ? 'online' : 'offline'} with ${secondary.nvq} VQ, ${secondary.nvi} VI${vfio}`;
}
