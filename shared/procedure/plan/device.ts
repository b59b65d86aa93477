import { countWords } from '../../count-words.ts';
import { controllerChangeBlockers, secondaryChangeBlockers } from '../../fleet/rules/change-blockers.ts';
import type { Controller, Fleet } from '../../fleet/schema.ts';
import { controllerTitle, findPrimary, secondariesOf } from '../../fleet/selectors.ts';
import type { Result } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import type { Step } from '../step.ts';
import { type PlanBuilder, refusal } from './builder.ts';
import { interruptionWords } from './titles.ts';

type ResetIntent = Extract<Intent, { kind: 'reset' }>;

/** Resets a controller, a function or the whole NVM subsystem; says first what dies with it. Cannot be undone. */
export function planReset(builder: PlanBuilder, intent: ResetIntent): Result<Plan> {
  const { fleet } = builder;
  const { controllerId, reset } = intent;
  const controller = fleet.controllers[controllerId];
  if (controller === undefined) return refusal('Reset', [`${controllerId} is no longer in the fleet.`]);
  builder.blockers.push(...blockersOf(fleet, controller));
  builder.consequences.push(...resetConsequences(fleet, controller, reset));
  const kinds = {
    controller: 'controller-reset',
    function: 'function-level-reset',
    subsystem: 'subsystem-reset',
  } as const;
  const step: Step = { kind: kinds[reset], controllerId };
  builder.add(step, 'Reset');
  const what = reset === 'subsystem' ? 'the NVM subsystem of ' : '';
  return builder.finish(`Reset ${what}${controllerTitle(controller)}`, intent, '');
}

function blockersOf(fleet: Fleet, controller: Controller): string[] {
  const blockers = controllerChangeBlockers(fleet, controller, 'changePci');
  return controller.role === 'secondary'
    ? [...new Set([...blockers, ...secondaryChangeBlockers(fleet, controller)])]
    : blockers;
}

function resetConsequences(fleet: Fleet, controller: Controller, reset: ResetIntent['reset']): string[] {
  const hit =
    reset === 'subsystem'
      ? Object.values(fleet.controllers).filter(({ subsystemId }) => subsystemId === controller.subsystemId)
      : [controller];
  return hit.flatMap((one) => {
    const primary = findPrimary(fleet, one.id);
    if (primary === undefined)
      return one.driver === null ? [] : [`I/O through ${controllerTitle(one)} is interrupted.`];
    const online = secondariesOf(fleet, primary).filter((secondary) => secondary.online);
    const offline =
      online.length > 0
        ? [
            `${countWords(online.length, 'secondary controller')} of ${controllerTitle(primary)} ${online.length === 1 ? 'goes offline and loses its' : 'go offline and lose their'} resources.`,
          ]
        : [];
    return [...offline, ...online.flatMap((secondary) => interruptionWords(fleet, secondary.id))];
  });
}

/** Binds a function to a driver, or unbinds it. */
export function planSetDriver(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'set-driver' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { controllerId, driver } = intent;
  const controller = fleet.controllers[controllerId];
  if (controller === undefined)
    return refusal('Change the driver', [`${controllerId} is no longer in the fleet.`]);
  const name = controllerTitle(controller);
  const title = driver === null ? `Unbind ${name} from its driver` : `Bind ${name} to ${driver}`;
  builder.blockers.push(...blockersOf(fleet, controller));
  if (controller.role === 'primary' && driver !== 'nvme' && controller.numVfs > 0)
    builder.blockers.push(
      `${name} controls ${countWords(controller.numVfs, 'virtual function')}; without the nvme driver nothing could manage ${controller.numVfs === 1 ? 'it' : 'them'}. Set the VF count to 0 first.`,
    );
  if (controller.driver !== driver) {
    if (controller.deviceName !== null) builder.consequences.push(`The host loses ${controller.deviceName}.`);
    builder.add({ kind: 'set-driver', controllerId, driver }, 'Driver');
  }
  return builder.finish(
    title,
    intent,
    driver === null ? `${name} is already unbound.` : `${name} is already bound to ${driver}.`,
  );
}
