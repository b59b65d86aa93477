import { z } from 'zod';
import { countWords } from '../../count-words.ts';
import type { Fleet } from '../../fleet/schema.ts';
import { controllerTitle, findPrimary, findSecondary, secondariesOf } from '../../fleet/selectors.ts';
import { valuesOf } from '../../layered-record.ts';
import { defineStep, type StepEffect } from '../step-definition.ts';
import { functionBlockers, onController } from './conditions.ts';
import { id } from './fields.ts';
import { startingVfioState, takenOffline, withSecondary } from './predictions.ts';
import { devicePath, sysfsPath } from './shell.ts';
import { titleOf } from './titles.ts';

/** Resets (NVMe Base 2.1, 3.7). They leave nothing that a later look could tell from a controller that was never reset. */

const functionSchema = z.object({ kind: z.literal('function-level-reset'), controllerId: id });
const controllerSchema = z.object({ kind: z.literal('controller-reset'), controllerId: id });
const subsystemSchema = z.object({ kind: z.literal('subsystem-reset'), controllerId: id });

export type FunctionLevelReset = z.infer<typeof functionSchema>;

const functionLevel = defineStep({
  schema: functionSchema,
  targets: ({ controllerId }) => ({ controllers: [controllerId] }),
  words: ({ controllerId }, fleet) => `Reset ${titleOf(fleet, controllerId)} (function level reset)`,
  command: null,
  commandLines: ({ controllerId }, { fleet }) => [`echo 1 > ${sysfsPath(fleet, controllerId)}/reset`],
  blockers: ({ controllerId }, fleet) =>
    onController(fleet, controllerId, (controller) => functionBlockers(fleet, controller)),
  predict: ({ controllerId }, fleet) => afterReset(fleet, controllerId),
  effect: ({ controllerId }, fleet) => resetEffect(fleet, controllerId),
  inverse({ controllerId }, fleet): never[] | null {
    const secondary = findSecondary(fleet, controllerId);
    // An offline secondary controller holds no state that a reset could lose.
    return secondary !== undefined && !secondary.online ? [] : null;
  },
  sets: () => [],
  scope: () => ({ resources: true }),
  resets: ({ controllerId }) => controllerId,
});

const controllerLevel = defineStep({
  schema: controllerSchema,
  targets: ({ controllerId }) => ({ controllers: [controllerId] }),
  words: ({ controllerId }, fleet) => `Reset ${titleOf(fleet, controllerId)} (controller reset)`,
  command: null,
  commandLines: ({ controllerId }, { fleet }) => [
    `nvme reset ${devicePath(fleet.controllers[controllerId])}`,
  ],
  blockers: ({ controllerId }, fleet) =>
    onController(fleet, controllerId, (controller) => [
      ...functionBlockers(fleet, controller),
      ...(controller.driver === 'nvme'
        ? []
        : [
            `${controllerTitle(controller)} is not bound to the nvme driver, which resets controllers. Use a function level reset.`,
          ]),
    ]),
  predict: ({ controllerId }, fleet) => afterReset(fleet, controllerId),
  effect: ({ controllerId }, fleet) => resetEffect(fleet, controllerId),
  inverse: (): never[] | null => null,
  sets: () => [],
  scope: () => ({ resources: true }),
  resets: ({ controllerId }) => controllerId,
});

const subsystemLevel = defineStep({
  schema: subsystemSchema,
  targets: ({ controllerId }) => ({ controllers: [controllerId] }),
  words: ({ controllerId }, fleet) => `Reset the NVM subsystem of ${titleOf(fleet, controllerId)}`,
  command: null,
  commandLines: ({ controllerId }, { fleet }) => [
    `nvme subsystem-reset ${devicePath(fleet.controllers[controllerId])}`,
  ],
  blockers: ({ controllerId }, fleet) =>
    onController(fleet, controllerId, (controller) => functionBlockers(fleet, controller)),
  predict({ controllerId }, fleet) {
    const subsystemId = fleet.controllers[controllerId]?.subsystemId;
    return valuesOf(fleet.controllers)
      .filter((controller) => controller.role === 'primary' && controller.subsystemId === subsystemId)
      .reduce((next, primary) => afterReset(next, primary.id), fleet);
  },
  effect: ({ controllerId }, fleet) => resetEffect(fleet, controllerId),
  inverse: (): never[] | null => null,
  sets: () => [],
  scope: () => ({ resources: true }),
  resets: ({ controllerId }) => controllerId,
});

export const resetSteps = {
  'function-level-reset': functionLevel,
  'controller-reset': controllerLevel,
  'subsystem-reset': subsystemLevel,
};

/**
 * A reset of a primary takes its secondaries offline (NVMe Base 2.1, 8.2.6); one of a function that VFIO shows ends
 * whatever its migration was at (Linux uAPI vfio.h).
 */
function afterReset(fleet: Fleet, controllerId: string): Fleet {
  const secondary = findSecondary(fleet, controllerId);
  if (secondary !== undefined)
    return secondary.vfioState === null
      ? fleet
      : withSecondary(fleet, controllerId, { vfioState: startingVfioState(secondary) });
  return (findPrimary(fleet, controllerId)?.secondaryIds ?? []).reduce(takenOffline, fleet);
}

function resetEffect(fleet: Fleet, controllerId: string): StepEffect {
  const primary = findPrimary(fleet, controllerId);
  if (primary === undefined)
    return { holds: fleet.controllers[controllerId] !== undefined, readBack: 'The reset was accepted' };
  const online = secondariesOf(fleet, primary).filter((secondary) => secondary.online).length;
  return { holds: online === 0, readBack: `${countWords(online, 'secondary controller')} online` };
}
