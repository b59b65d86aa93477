import { countWords } from '../../count-words.ts';
import { controllerChangeBlockers } from '../../fleet/rules/change-blockers.ts';
import { vfCountBlockers } from '../../fleet/rules/resources.ts';
import type { Result } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import { type PlanBuilder, refusal } from './builder.ts';
import { releaseAllOf, tooManyReleased } from './release-all.ts';
import { controllersTitle } from './titles.ts';
import { changeVfCount } from './vf-count-steps.ts';
import { choose } from './whole-selection/choose.ts';

/** Sets the number of virtual functions of each primary controller. Any change from a count that is not 0 takes all of them away first. */
export function planSetVfCount(
  builder: PlanBuilder,
  intent: Extract<Intent, { kind: 'set-vf-count' }>,
): Result<Plan> {
  const { fleet } = builder;
  const { primaryIds, count } = intent;
  const words = `already ${countWords(count, 'VF')}`;
  const { changed, reasons, nameOf } = choose(
    builder,
    'primary',
    primaryIds,
    ({ numVfs }) => numVfs === count,
    { one: `has ${words}`, several: `have ${words}` },
  );
  const title = `Set the VF count of ${controllersTitle(fleet, changed)} to ${count}`;
  if (reasons.length > 0) return refusal(title, reasons);
  for (const primary of changed)
    builder.block(primary, [
      ...controllerChangeBlockers(fleet, primary, 'changePci'),
      ...vfCountBlockers(primary, count),
    ]);
  builder.blockers.push(...tooManyReleased(fleet, changed, 0));
  if (builder.blockers.length > 0) return builder.finish(title, intent, '');
  for (const primary of changed) {
    const { numVfs } = primary;
    releaseAllOf(builder, primary, 0);
    if (numVfs > 0)
      builder.consequences.push(
        `${numVfs === 1 ? 'The virtual function' : `All ${numVfs} virtual functions`} of ${nameOf(primary)} ${numVfs === 1 ? 'disappears' : 'disappear'}` +
          (count > 0
            ? ` before ${count} ${count === 1 ? 'appears' : 'appear'}; Linux changes the count only through 0.`
            : '.'),
      );
    changeVfCount(builder, primary.id, count);
  }
  return builder.finish(title, intent, '');
}
