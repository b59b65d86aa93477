import { countWords } from '../../count-words.ts';
import { controllerChangeBlockers } from '../../fleet/rules/change-blockers.ts';
import { vfCountBlockers } from '../../fleet/rules/resources.ts';
import { controllerTitle, findPrimary } from '../../fleet/selectors.ts';
import type { Result } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import { type PlanBuilder, refusal } from './builder.ts';
import { releaseAllOf } from './release-all.ts';
import { changeVfCount } from './vf-count-steps.ts';

/** Sets the number of virtual functions. Any change from a count that is not 0 takes all of them away first. */
export function planSetVfCount(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'set-vf-count' }>,
): Result<Plan> {
  const { fleet } = builder;
  const primary = findPrimary(fleet, intent.primaryId);
  if (primary === undefined)
    return refusal('Set the VF count', [`${intent.primaryId} is not a primary controller of the fleet.`]);
  const { count } = intent;
  const title = `Set the VF count of ${controllerTitle(primary)} to ${count}`;
  builder.blockers.push(...controllerChangeBlockers(fleet, primary, 'changePci'));
  builder.blockers.push(...vfCountBlockers(primary, count));
  if (builder.blockers.length === 0 && count !== primary.numVfs) {
    releaseAllOf(builder, primary, 0);
    if (primary.numVfs > 0)
      builder.consequences.push(
        `${primary.numVfs === 1 ? 'The virtual function' : `All ${primary.numVfs} virtual functions`} of ${controllerTitle(primary)} ${primary.numVfs === 1 ? 'disappears' : 'disappear'}` +
          (count > 0
            ? ` before ${count} ${count === 1 ? 'appears' : 'appear'}; Linux changes the count only through 0.`
            : '.'),
      );
    changeVfCount(builder, primary.id, count);
  }
  return builder.finish(title, intent, `${controllerTitle(primary)} already has ${countWords(count, 'VF')}.`);
}
