import { migratingBlockers } from '../../fleet/rules/change-blockers.ts';
import { togetherBlockers } from '../../fleet/rules/together.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../../fleet/schema.ts';
import { secondariesOf } from '../../fleet/selectors.ts';
import type { PlanBuilder } from './builder.ts';
import { releaseSecondaries } from './clean-up-steps.ts';

/**
 * Takes the secondaries of a primary with a VF number above `keep` (-1: provisioned functions as well) out of use before
 * something would take their functions away, so that what they lose is shown as steps and can be undone. Their virtual
 * subsystems and namespaces survive.
 */
export function releaseAllOf(builder: PlanBuilder, primary: PrimaryController, keep: number): void {
  const inUse = usedAbove(builder.fleet, primary, keep);
  for (const secondary of inUse) builder.block(secondary, migratingBlockers(builder.fleet, secondary));
  releaseSecondaries(
    builder,
    inUse.map((secondary) => secondary.id),
    { leaveSubsystem: false, detachNamespaces: false },
  );
}

/** Why the functions of several primaries cannot be released in one procedure; those of one always go together. */
export function tooManyReleased(
  fleet: Fleet,
  primaries: readonly PrimaryController[],
  keep: number,
): string[] {
  if (primaries.length < 2) return [];
  return togetherBlockers(
    primaries.reduce((sum, primary) => sum + 1 + usedAbove(fleet, primary, keep).length, 0),
  );
}

function usedAbove(fleet: Fleet, primary: PrimaryController, keep: number): SecondaryController[] {
  return secondariesOf(fleet, primary).filter(
    (secondary) =>
      secondary.vfn > keep &&
      (secondary.online || secondary.driver !== null || secondary.nvq > 0 || secondary.nvi > 0),
  );
}
