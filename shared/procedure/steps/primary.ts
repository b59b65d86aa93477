import { z } from 'zod';
import { countWords } from '../../count-words.ts';
import type { FlexibleResources } from '../../fleet/flexible-resources.ts';
import { controllerChangeBlockers } from '../../fleet/rules/change-blockers.ts';
import { allocationBlockers, vfCountBlockers } from '../../fleet/rules/resources.ts';
import type { Fleet, PrimaryController } from '../../fleet/schema.ts';
import { controllerTitle, findPrimary, secondariesOf } from '../../fleet/selectors.ts';
import {
  virtualizationActions,
  virtualizationManagement,
} from '../../nvme/commands/virtualization-management.ts';
import { defineStep } from '../step-definition.ts';
import { sendsCommand, toManager } from './command.ts';
import { onPrimary } from './conditions.ts';
import { id, type Resource, resource, uint16 } from './fields.ts';
import { takenOffline, withPrimary, withSecondary } from './predictions.ts';
import { resourceTypeOf } from './secondary.ts';
import { sysfsPath } from './shell.ts';
import { titleOf } from './titles.ts';

/** What a primary controller holds itself, and how many virtual functions it has. */

const allocateSchema = z.object({
  kind: z.literal('primary-allocate'),
  primaryId: id,
  resource,
  count: uint16,
});
const vfCountSchema = z.object({ kind: z.literal('set-vf-count'), primaryId: id, count: uint16 });
const autoprobeSchema = z.object({
  kind: z.literal('set-drivers-autoprobe'),
  primaryId: id,
  enabled: z.boolean(),
});

const allocate = defineStep({
  schema: allocateSchema,
  targets: ({ primaryId }) => ({ controllers: [primaryId] }),
  words: ({ primaryId, resource: of, count }, fleet) =>
    `Allocate ${count} flexible ${of} resources to ${titleOf(fleet, primaryId)} at its next function level reset`,
  ...sendsCommand<z.infer<typeof allocateSchema>>({
    build: ({ primaryId, resource: of, count }, fleet) =>
      toManager(fleet, primaryId, (cntlid) =>
        virtualizationManagement.encode({
          cntlid,
          act: virtualizationActions.primaryAllocation.value,
          rt: resourceTypeOf(of),
          nr: count,
        }),
      ),
  }),
  blockers: ({ primaryId, resource: of, count }, fleet) =>
    onPrimary(fleet, primaryId, (primary) => allocationBlockers(primary, of === 'VQ' ? 'vq' : 'vi', count)),
  predict({ primaryId, resource: of, count }, fleet) {
    // In force from the next reset on, which planners always put behind it; the steps after that count on it.
    const primary = findPrimary(fleet, primaryId);
    if (primary === undefined) return fleet;
    const pool = { ...poolOf(primary, of), allocatedToPrimary: count };
    return withPrimary(fleet, primaryId, of === 'VQ' ? { vq: pool } : { vi: pool });
  },
  effect({ primaryId, resource: of, count }, fleet) {
    const primary = findPrimary(fleet, primaryId);
    const now = primary === undefined ? '?' : poolOf(primary, of).allocatedToPrimary;
    // The device accepts it at once and applies it at the next reset; until then there is nothing to read.
    return {
      holds: primary !== undefined,
      readBack: `${now} ${of} now, ${count} from the next function level reset on`,
    };
  },
  inverse(step, fleet) {
    const primary = findPrimary(fleet, step.primaryId);
    return primary === undefined
      ? null
      : [{ ...step, count: poolOf(primary, step.resource).allocatedToPrimary }];
  },
  sets: () => [],
  scope: () => ({ resources: true }),
});

const vfCount = defineStep({
  schema: vfCountSchema,
  targets: ({ primaryId }) => ({ controllers: [primaryId] }),
  words: ({ primaryId, count }, fleet) =>
    count === 0
      ? `Disable all virtual functions of ${titleOf(fleet, primaryId)}`
      : `Enable ${countWords(count, 'virtual function')} of ${titleOf(fleet, primaryId)}`,
  command: null,
  commandLines: ({ primaryId, count }, { fleet }) => [
    `echo ${count} > ${sysfsPath(fleet, primaryId)}/sriov_numvfs`,
  ],
  blockers: ({ primaryId, count }, fleet) =>
    onPrimary(fleet, primaryId, (primary) => {
      const tooMany = vfCountBlockers(primary, count);
      if (tooMany.length > 0) return tooMany;
      const cannot = controllerChangeBlockers(fleet, primary, 'changePci');
      if (cannot.length > 0) return cannot;
      return count !== 0 && primary.numVfs !== 0 && count !== primary.numVfs
        ? [
            `${controllerTitle(primary)} has ${countWords(primary.numVfs, 'VF')}; Linux changes the count only through 0.`,
          ]
        : [];
    }),
  predict: ({ primaryId, count }, fleet) => withVfCount(fleet, primaryId, count),
  effect({ primaryId, count }, fleet) {
    const numVfs = findPrimary(fleet, primaryId)?.numVfs;
    return { holds: numVfs === count, readBack: `NumVFs reads ${numVfs ?? 'nothing'}` };
  },
  inverse(step, fleet) {
    const primary = findPrimary(fleet, step.primaryId);
    return primary === undefined ? null : [{ ...step, count: primary.numVfs }];
  },
  sets: ({ primaryId, count }) => [{ object: primaryId, aspect: 'VF count', value: count }],
  scope: () => ({ resources: true, functions: true }),
});

const driversAutoprobe = defineStep({
  schema: autoprobeSchema,
  targets: ({ primaryId }) => ({ controllers: [primaryId] }),
  words: ({ primaryId, enabled }, fleet) =>
    enabled
      ? `Let drivers bind to new virtual functions of ${titleOf(fleet, primaryId)}`
      : `Keep drivers away from new virtual functions of ${titleOf(fleet, primaryId)}`,
  command: null,
  commandLines: ({ primaryId, enabled }, { fleet }) => [
    `echo ${enabled ? 1 : 0} > ${sysfsPath(fleet, primaryId)}/sriov_drivers_autoprobe`,
  ],
  blockers: ({ primaryId }, fleet) =>
    onPrimary(fleet, primaryId, (primary) => controllerChangeBlockers(fleet, primary, 'changePci')),
  predict: ({ primaryId, enabled }, fleet) => withPrimary(fleet, primaryId, { driversAutoprobe: enabled }),
  effect({ primaryId, enabled }, fleet) {
    const now = findPrimary(fleet, primaryId)?.driversAutoprobe;
    return { holds: now === enabled, readBack: `sriov_drivers_autoprobe reads ${now ? 1 : 0}` };
  },
  inverse(step, fleet) {
    const primary = findPrimary(fleet, step.primaryId);
    return primary === undefined ? null : [{ ...step, enabled: primary.driversAutoprobe }];
  },
  sets: ({ primaryId, enabled }) => [{ object: primaryId, aspect: 'drivers autoprobe', value: enabled }],
  scope: () => null,
});

export const primarySteps = {
  'primary-allocate': allocate,
  'set-vf-count': vfCount,
  'set-drivers-autoprobe': driversAutoprobe,
};

function poolOf(primary: PrimaryController, of: Resource): FlexibleResources {
  return of === 'VQ' ? primary.vq : primary.vi;
}

/** Functions that disappear take what they held with them; the next time they appear as the device makes them. */
function withVfCount(fleet: Fleet, primaryId: string, count: number): Fleet {
  const primary = findPrimary(fleet, primaryId);
  if (primary === undefined) return fleet;
  const restarted = primary.functions.manage.available ? { migrationEnabled: true, visible: true } : {};
  const next = secondariesOf(fleet, primary)
    .filter(({ vfn }) => vfn > count)
    .reduce(
      (soFar, secondary) =>
        withSecondary(takenOffline(soFar, secondary.id), secondary.id, {
          pciAddress: null,
          deviceName: null,
          driver: null,
          iommuGroup: null,
          vfioState: null,
          vfioOffer: { flags: null, reason: 'The function does not exist on the host.' },
          ...restarted,
        }),
      fleet,
    );
  return withPrimary(next, primaryId, { numVfs: count });
}
