import { secondaryChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import { controllerFullTitle, findSecondary, isInPool, machineOf } from '../../../fleet/selectors.ts';
import type { Result } from '../../../result.ts';
import type { Intent } from '../../intent.ts';
import type { Plan } from '../../procedure.ts';
import { type PlanBuilder, refusal } from '../builder.ts';
import { releaseSecondaries } from '../clean-up-steps.ts';
import { controllersTitle } from '../titles.ts';

/**
 * The reverse of provisioning: hidden from VFIO first, then out of the virtual subsystem, without namespaces, offline, and
 * a provisioned function is destroyed. A guest that uses it stands against it: its drive is not taken away on the side.
 */
export function planDeprovision(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'deprovision' }>,
): Result<Plan> {
  const { fleet } = builder;
  const ids = [...new Set(intent.secondaryIds)];
  const secondaries = ids.flatMap((id) => findSecondary(fleet, id) ?? []);
  const title = `Deprovision ${controllersTitle(secondaries)}`;
  if (secondaries.length < ids.length)
    return refusal('Deprovision', ['Choose secondary controllers of this fleet.']);
  for (const secondary of secondaries) {
    const machine = machineOf(fleet, secondary);
    builder.blockers.push(...secondaryChangeBlockers(fleet, secondary));
    if (machine !== undefined)
      builder.blockers.push(
        `${controllerFullTitle(fleet, secondary)} is used by ${machine.name}. Take it out of the virtual machine first.`,
      );
  }
  if (builder.blockers.length > 0) return builder.finish(title, intent, '');
  releaseSecondaries(
    builder,
    secondaries
      .filter((secondary) => secondary.functionKind === 'siov' || !isInPool(secondary))
      .map(({ id }) => id),
    { leaveSubsystem: true, detachNamespaces: true },
  );
  for (const { functionKind, primaryId, cntlid } of secondaries)
    if (functionKind === 'siov') builder.add({ kind: 'function-destroy', primaryId, cntlid }, 'Destroy');
  return builder.finish(
    title,
    intent,
    'It is already in the pool. A virtual function is removed with the VF count.',
  );
}
