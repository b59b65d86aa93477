import { controllerChangeBlockers } from '../../fleet/rules/change-blockers.ts';
import { controllerTitle, findSecondary, machineOf } from '../../fleet/selectors.ts';
import type { Result } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import { type PlanBuilder, refusal } from './builder.ts';

/** Attaches and detaches namespaces until a controller reaches exactly the given ones. */
export function planSetNamespaces(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'set-namespaces' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { controllerId } = intent;
  const controller = fleet.controllers[controllerId];
  if (controller === undefined)
    return refusal('Change namespaces', [`${controllerId} is no longer in the fleet.`]);
  const name = controllerTitle(controller);
  builder.blockers.push(...controllerChangeBlockers(fleet, controller, 'changeControllers'));
  const wished = new Set(intent.nsids);
  const secondary = findSecondary(fleet, controllerId);
  const user = (secondary && machineOf(fleet, secondary)?.name) ?? controller.deviceName ?? undefined;
  for (const nsid of controller.attachedNamespaces) {
    if (wished.has(nsid)) continue;
    if (user !== undefined) builder.consequences.push(`${user} loses namespace ${nsid}; its data stays.`);
    builder.add({ kind: 'detach-namespace', controllerId, nsid }, 'Namespaces');
  }
  for (const nsid of wished)
    if (!controller.attachedNamespaces.includes(nsid))
      builder.add({ kind: 'attach-namespace', controllerId, nsid }, 'Namespaces');
  const list = [...wished].join(', ');
  const title = list === '' ? `Detach every namespace from ${name}` : `Let ${name} reach namespace ${list}`;
  return builder.finish(title, intent, `${name} already reaches exactly these namespaces.`);
}
