import type { Controller, Fleet } from '../../fleet/schema.ts';
import { secondariesOf } from '../../fleet/selectors.ts';
import { tableWith } from '../../tables.ts';
import { withLayers } from '../plan/builder.ts';
import type { Plan } from '../procedure.ts';
import { definitionOf } from '../step.ts';

/**
 * The fleet after a plan, for trying what would be possible then. A virtual function that a plan enables has no address
 * before the host says it; here it stands under a name, because all that is asked is whether it exists.
 */
export function fleetAfterPlan(fleet: Fleet, { steps }: Pick<Plan, 'steps'>): Fleet {
  const after = steps.reduce((now, { step }) => withLayers(definitionOf(step).predict(step, now)), fleet);
  const enabled = steps.flatMap(({ step }) => (step.kind === 'set-vf-count' ? [step.primaryId] : []));
  const named = [...new Set(enabled)].flatMap((id) => {
    const primary = after.controllers[id];
    if (primary?.role !== 'primary') return [];
    return secondariesOf(after, primary)
      .filter(({ vfn, pciAddress }) => vfn > 0 && vfn <= primary.numVfs && pciAddress === null)
      .map((one) => [one.id, { ...one, pciAddress: `VF ${one.vfn} of ${primary.pciAddress}` }] as const);
  });
  return named.length === 0
    ? after
    : { ...after, controllers: tableWith<Controller>(after.controllers, Object.fromEntries(named)) };
}
