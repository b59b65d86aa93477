import { secondaryChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import { controllerFullTitle, isInPool, machineOf } from '../../../fleet/selectors.ts';
import type { Result } from '../../../result.ts';
import type { Intent } from '../../intent.ts';
import type { Plan } from '../../procedure.ts';
import { type PlanBuilder, refusal } from '../builder.ts';
import { releaseSecondaries } from '../clean-up-steps.ts';
import { controllersTitle } from '../titles.ts';
import { choose, inPool } from '../whole-selection/choose.ts';

/**
 * The reverse of provisioning: hidden from VFIO first, then out of the virtual subsystem, without namespaces, offline, and
 * a provisioned function is destroyed. A guest that uses it stands against it: its drive is not taken away on the side.
 */
export function planDeprovision(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'deprovision' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { changed, reasons } = choose(
    builder,
    'secondary',
    intent.secondaryIds,
    // A virtual function stays in the pool: it goes with the VF count.
    (secondary) => secondary.functionKind !== 'siov' && isInPool(secondary),
    inPool,
  );
  const title = `Deprovision ${controllersTitle(fleet, changed)}`;
  if (reasons.length > 0) return refusal(title, reasons);
  for (const secondary of changed) {
    const machine = machineOf(fleet, secondary);
    builder.block(secondary, secondaryChangeBlockers(fleet, secondary));
    if (machine !== undefined)
      builder.blockers.push(
        `${controllerFullTitle(fleet, secondary)} is used by ${machine.name}. Take it out of the virtual machine first.`,
      );
  }
  if (builder.blockers.length > 0) return builder.finish(title, intent, '');
  releaseSecondaries(
    builder,
    changed.map(({ id }) => id),
    { leaveSubsystem: true, detachNamespaces: true },
  );
  for (const { functionKind, primaryId, cntlid } of changed)
    if (functionKind === 'siov') builder.add({ kind: 'function-destroy', primaryId, cntlid }, 'Destroy');
  return builder.finish(title, intent, '');
}
