import { countWords } from '../../../count-words.ts';
import { controllerChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import type { Fleet, VirtualSubsystem } from '../../../fleet/schema.ts';
import { findPrimary, virtualSubsystemTitle } from '../../../fleet/selectors.ts';
import type { Result } from '../../../result.ts';
import type { Intent } from '../../intent.ts';
import type { Plan } from '../../procedure.ts';
import { type PlanBuilder, refusal } from '../builder.ts';

/** More names than this are counted. */
const namedOnes = 3;

/**
 * `my_v_nqn_1`, `my_v_nqn_1, my_v_nqn_2`, `17 virtual subsystems`; those of one NQN on several hosts are named once. `what`
 * stands before names.
 */
export function subsystemsTitle(fleet: Fleet, ids: readonly string[], what = ''): string {
  const names = new Set(
    ids.map((id) => {
      const subsystem = fleet.virtualSubsystems[id];
      return subsystem === undefined ? 'a virtual subsystem' : virtualSubsystemTitle(subsystem);
    }),
  );
  if (names.size > namedOnes) return countWords(names.size, 'virtual subsystem');
  return [...(what === '' ? [] : [names.size > 1 ? `${what}s` : what]), [...names].join(', ')].join(' ');
}

/** Plans the same for each of several virtual subsystems, or says of every one why it cannot be. */
export function onSubsystems(
  builder: PlanBuilder,
  ids: readonly string[],
  title: string,
  intent: Intent,
  work: (subsystem: VirtualSubsystem) => void,
): Result<Plan> {
  const { fleet } = builder;
  const found = [...new Set(ids)].map((id) => {
    const subsystem = fleet.virtualSubsystems[id];
    return { id, subsystem, primary: subsystem && findPrimary(fleet, subsystem.primaryId) };
  });
  builder.about(found.flatMap(({ primary }) => primary ?? []));
  for (const { id, subsystem, primary } of found) {
    if (subsystem === undefined || primary === undefined) {
      builder.blockers.push(`The virtual subsystem ${id} no longer exists.`);
      continue;
    }
    builder.block(
      primary,
      controllerChangeBlockers(fleet, primary, 'changeControllers', 'virtualSubsystems'),
    );
    work(subsystem);
  }
  return builder.blockers.length === 0 || builder.steps.length > 0
    ? builder.finish(title, intent, 'Everything is already as requested.')
    : refusal(title, [...new Set(builder.blockers)]);
}
