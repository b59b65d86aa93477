import { migratingBlockers } from '../../fleet/rules/change-blockers.ts';
import type { PrimaryController } from '../../fleet/schema.ts';
import { secondariesOf } from '../../fleet/selectors.ts';
import type { PlanBuilder } from './builder.ts';
import { releaseSecondaries } from './clean-up-steps.ts';

/**
 * Takes the secondaries of a primary with a VF number above `keep` (-1: provisioned functions as well) out of use before something would kill them, so that
 * what dies is shown as steps and can be undone. Their virtual subsystems and namespaces survive.
 */
export function releaseAllOf(builder: PlanBuilder, primary: PrimaryController, keep: number): void {
  const inUse = secondariesOf(builder.fleet, primary).filter(
    (secondary) =>
      secondary.vfn > keep &&
      (secondary.online || secondary.driver !== null || secondary.nvq > 0 || secondary.nvi > 0),
  );
  for (const secondary of inUse) builder.blockers.push(...migratingBlockers(builder.fleet, secondary));
  releaseSecondaries(
    builder,
    inUse.map((secondary) => secondary.id),
    { leaveSubsystem: false, detachNamespaces: false },
  );
}
