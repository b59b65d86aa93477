import { controllerChangeBlockers } from '../../fleet/rules/change-blockers.ts';
import type { Controller, Fleet } from '../../fleet/schema.ts';
import { findSecondary, machineOf } from '../../fleet/selectors.ts';
import type { Result } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import { type PlanBuilder, refusal } from './builder.ts';
import { controllersTitle } from './titles.ts';
import { choose } from './whole-selection/choose.ts';

type NamespacesIntent = Extract<Intent, { kind: 'set-namespaces' }>;
const phase = 'Namespaces';

/** Attaches namespaces to controllers and detaches others from them; what is so already is left. */
export function planSetNamespaces(builder: PlanBuilder, intent: NamespacesIntent): Result<Plan> {
  const { fleet } = builder;
  const { changed, reasons, nameOf } = choose(
    builder,
    'any',
    intent.controllerIds,
    (controller) => {
      const { attach, detach } = changesOf(controller, intent);
      return attach.length + detach.length === 0;
    },
    { one: 'already reaches exactly these', several: 'already reach exactly these' },
  );
  const title = titleOf(controllersTitle(fleet, changed), intent);
  if (reasons.length > 0) return refusal(title, reasons);
  for (const controller of changed) {
    const { attach, detach } = changesOf(controller, intent);
    const { id: controllerId } = controller;
    builder.block(controller, controllerChangeBlockers(fleet, controller, 'changeControllers'));
    const user = userOf(fleet, controller);
    for (const nsid of detach) {
      if (user !== undefined)
        builder.consequences.push(
          `${user} loses namespace ${nsid}${changed.length > 1 ? ` (${nameOf(controller)})` : ''}; its data stays.`,
        );
      builder.add({ kind: 'detach-namespace', controllerId, nsid }, phase);
    }
    for (const nsid of attach) builder.add({ kind: 'attach-namespace', controllerId, nsid }, phase);
  }
  return builder.finish(title, intent, '');
}

/** What differs for one of them; a namespace that is to be attached is not detached. */
function changesOf(
  { attachedNamespaces }: Controller,
  { attach, detach }: NamespacesIntent,
): { readonly attach: readonly number[]; readonly detach: readonly number[] } {
  return {
    attach: [...new Set(attach)].filter((nsid) => !attachedNamespaces.includes(nsid)),
    detach: attachedNamespaces.filter((nsid) => detach.includes(nsid) && !attach.includes(nsid)),
  };
}

function titleOf(who: string, { attach, detach }: NamespacesIntent): string {
  if (detach.length === 0) return `Let ${who} reach namespace ${attach.join(', ')}`;
  return attach.length === 0
    ? `Detach namespace ${detach.join(', ')} from ${who}`
    : `Change the namespaces of ${who}`;
}

function userOf(fleet: Fleet, controller: Controller): string | undefined {
  const secondary = findSecondary(fleet, controller.id);
  return (secondary && machineOf(fleet, secondary)?.name) ?? controller.deviceName ?? undefined;
}
