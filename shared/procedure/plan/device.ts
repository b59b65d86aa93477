import { countWords } from '../../count-words.ts';
import { controllerChangeBlockers, secondaryChangeBlockers } from '../../fleet/rules/change-blockers.ts';
import type { Controller, Fleet } from '../../fleet/schema.ts';
import { controllerTitle, findPrimary, secondariesOf } from '../../fleet/selectors.ts';
import { valuesOf } from '../../layered-record.ts';
import type { Result } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import { type PlanBuilder, refusal } from './builder.ts';
import { controllersTitle, interruptionWords } from './titles.ts';
import { choose } from './whole-selection/choose.ts';

type ResetIntent = Extract<Intent, { kind: 'reset' }>;

const stepKinds = {
  controller: 'controller-reset',
  function: 'function-level-reset',
  subsystem: 'subsystem-reset',
} as const;

/** Resets controllers, functions or whole NVM subsystems; says first what dies with them. Cannot be undone. */
export function planReset(builder: PlanBuilder, intent: ResetIntent): Result<Plan> {
  const { fleet } = builder;
  const { controllerIds, reset } = intent;
  const { changed, reasons, nameOf } = choose(builder, 'any', controllerIds);
  const { hit, title } =
    reset === 'subsystem'
      ? subsystemsOf(fleet, changed)
      : { hit: innerFirst(changed), title: `Reset ${controllersTitle(fleet, changed)}` };
  if (reasons.length > 0) return refusal(title, reasons);
  for (const controller of hit) {
    builder.block(controller, blockersOf(fleet, controller));
    builder.consequences.push(...resetConsequences(fleet, controller, reset, nameOf));
    builder.add({ kind: stepKinds[reset], controllerId: controller.id }, 'Reset');
  }
  return builder.finish(title, intent, '');
}

const isInner = ({ role }: Controller) => role === 'secondary';

/** A function level reset of a primary controller may take its functions away, so they are reset before it. */
function innerFirst(controllers: readonly Controller[]): Controller[] {
  return [...controllers.filter(isInner), ...controllers.filter((one) => !isInner(one))];
}

/** One controller for each NVM subsystem of the selection, since one reset reaches all of them. */
function subsystemsOf(
  fleet: Fleet,
  controllers: readonly Controller[],
): { readonly hit: Controller[]; readonly title: string } {
  const hit = new Map<string, Controller>();
  for (const one of [...controllers.filter((candidate) => !isInner(candidate)), ...controllers])
    if (!hit.has(one.subsystemId)) hit.set(one.subsystemId, one);
  const all = [...hit.values()];
  const title =
    all.length > 2
      ? `Reset ${countWords(all.length, 'NVM subsystem')}`
      : `Reset the NVM ${all.length === 2 ? 'subsystems' : 'subsystem'} of ${controllersTitle(fleet, all)}`;
  return { hit: all, title };
}

function blockersOf(fleet: Fleet, controller: Controller): string[] {
  const blockers = controllerChangeBlockers(fleet, controller, 'changePci');
  return controller.role === 'secondary'
    ? [...new Set([...blockers, ...secondaryChangeBlockers(fleet, controller)])]
    : blockers;
}

function resetConsequences(
  fleet: Fleet,
  controller: Controller,
  reset: ResetIntent['reset'],
  nameOf: (controller: Controller) => string,
): string[] {
  const hit =
    reset === 'subsystem'
      ? valuesOf(fleet.controllers).filter(({ subsystemId }) => subsystemId === controller.subsystemId)
      : [controller];
  return hit.flatMap((one) => {
    const primary = findPrimary(fleet, one.id);
    if (primary === undefined)
      return one.driver === null ? [] : [`I/O through ${nameOf(one)} is interrupted.`];
    const online = secondariesOf(fleet, primary).filter((secondary) => secondary.online);
    const offline =
      online.length > 0
        ? [
            `${countWords(online.length, 'secondary controller')} of ${nameOf(primary)} ${online.length === 1 ? 'goes offline and loses its' : 'go offline and lose their'} resources.`,
          ]
        : [];
    return [...offline, ...online.flatMap((secondary) => interruptionWords(fleet, secondary.id, nameOf))];
  });
}

/** Binds functions to a driver, or unbinds them. */
export function planSetDriver(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'set-driver' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { controllerIds, driver } = intent;
  const words = driver === null ? 'already unbound' : `already bound to ${driver}`;
  const already = { one: `is ${words}`, several: `are ${words}` };
  const isBound = (controller: Controller) => controller.driver === driver;
  const { changed, reasons } = choose(builder, 'any', controllerIds, isBound, already);
  const who = controllersTitle(fleet, changed);
  const title =
    driver === null
      ? `Unbind ${who} from ${changed.length === 1 ? 'its driver' : 'their drivers'}`
      : `Bind ${who} to ${driver}`;
  if (reasons.length > 0) return refusal(title, reasons);
  for (const controller of changed) {
    builder.block(controller, [
      ...blockersOf(fleet, controller),
      ...(driver === 'nvme' ? [] : unmanagedBlockers(controller)),
    ]);
    if (controller.deviceName !== null) builder.consequences.push(`The host loses ${controller.deviceName}.`);
    builder.add({ kind: 'set-driver', controllerId: controller.id, driver }, 'Driver');
  }
  return builder.finish(title, intent, '');
}

function unmanagedBlockers(controller: Controller): string[] {
  return controller.role === 'primary' && controller.numVfs > 0
    ? [
        `${controllerTitle(controller)} controls ${countWords(controller.numVfs, 'virtual function')}; without the nvme driver nothing could manage ${controller.numVfs === 1 ? 'it' : 'them'}. Set the VF count to 0 first.`,
      ]
    : [];
}
