import { namesAmong } from '../../../fleet/drive-names.ts';
import { byPrimary } from '../../../fleet/rules/assignment.ts';
import { controllerChangeBlockers, secondaryChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import { resourceBlockers, vfCountBlockers } from '../../../fleet/rules/resources.ts';
import { togetherBlockers } from '../../../fleet/rules/together.ts';
import type { PrimaryController, SecondaryController } from '../../../fleet/schema.ts';
import { controllerTitle, findPrimary, findSecondary, machineOf } from '../../../fleet/selectors.ts';
import type { Result } from '../../../result.ts';
import type { Intent } from '../../intent.ts';
import type { Plan } from '../../procedure.ts';
import { bringUpTogether, configureOffline, givingBack } from '../bring-up-steps.ts';
import { type PlanBuilder, refusal } from '../builder.ts';
import { releaseAllOf, tooManyReleased } from '../release-all.ts';
import { controllersTitle, usersLoss } from '../titles.ts';
import { changeVfCount } from '../vf-count-steps.ts';
import { showToVfio, takeFromDriver } from '../visibility-steps.ts';

type TakeOverIntent = Extract<Intent, { kind: 'take-over' }>;
type Wanted = TakeOverIntent['functions'][number];

/**
 * Brings functions of several drives into the state in which a rehearsal left them on its copy, in the order of every
 * procedure and not in that of the script: off their drivers, namespaces away, VF counts, resources, namespaces, drivers.
 */
export function planTakeOver(builder: PlanBuilder, intent: TakeOverIntent): Result<Plan> {
  const { fleet } = builder;
  const gone = [
    ...intent.vfCounts.filter(({ primaryId }) => findPrimary(fleet, primaryId) === undefined),
    ...intent.functions.filter(({ secondaryId }) => findSecondary(fleet, secondaryId) === undefined),
  ].map((one) => `${'primaryId' in one ? one.primaryId : one.secondaryId} is no longer in the fleet.`);
  const counts = new Map(intent.vfCounts.map(({ primaryId, count }) => [primaryId, count]));
  const primaries = [...counts].flatMap(([id, count]) => {
    const primary = findPrimary(fleet, id);
    return primary === undefined || primary.numVfs === count ? [] : [primary];
  });
  const wanted = new Map(intent.functions.map((each) => [each.secondaryId, each]));
  const changed = [...wanted.values()].flatMap((wish) => {
    const secondary = findSecondary(fleet, wish.secondaryId);
    // Another count takes the function away, whatever it is now.
    const starts = primaries.some(({ id }) => id === secondary?.primaryId);
    return secondary === undefined || (!starts && isAsWanted(secondary, wish)) ? [] : [secondary];
  });
  const all = [...primaries, ...changed];
  const title = `Take over what was rehearsed${all.length === 0 ? '' : `: ${controllersTitle(fleet, all)}`}`;
  const reasons = [...gone, ...togetherBlockers(all.length)];
  if (reasons.length > 0) return refusal(title, reasons);
  builder.about(all);
  changeCounts(builder, primaries, { counts, wanted });
  for (const secondary of changed) block(builder, secondary, wanted.get(secondary.id));
  if (builder.blockers.length > 0) return builder.finish(title, intent, '');
  takeAway(builder, changed, wanted);
  giveResources(builder, changed, wanted);
  handBack(builder, changed, wanted);
  return builder.finish(title, intent, 'Everything is already as it was rehearsed.');
}

function isAsWanted(secondary: SecondaryController, wish: Wanted): boolean {
  const namespaces = new Set(wish.namespaces);
  return (
    secondary.online === wish.online &&
    !holdsOther(secondary, wish) &&
    secondary.driver === wish.driver &&
    secondary.attachedNamespaces.length === namespaces.size &&
    secondary.attachedNamespaces.every((nsid) => namespaces.has(nsid))
  );
}

function holdsOther({ nvq, nvi }: SecondaryController, { vq, vi }: Wanted): boolean {
  return nvq !== vq || nvi !== vi;
}

function block(builder: PlanBuilder, secondary: SecondaryController, wish: Wanted | undefined): void {
  const { fleet } = builder;
  builder.block(secondary, secondaryChangeBlockers(fleet, secondary));
  if (wish !== undefined && secondary.driver !== wish.driver)
    builder.block(secondary, controllerChangeBlockers(fleet, secondary, 'changePci'));
  const machine = machineOf(fleet, secondary);
  if (machine !== undefined)
    builder.block(secondary, [
      `${controllerTitle(secondary)} is in ${machine.name}. Return it to the pool first.`,
    ]);
}

function changeCounts(
  builder: PlanBuilder,
  primaries: readonly PrimaryController[],
  {
    counts,
    wanted,
  }: { readonly counts: ReadonlyMap<string, number>; readonly wanted: ReadonlyMap<string, Wanted> },
): void {
  const { fleet } = builder;
  for (const primary of primaries)
    builder.block(primary, [
      ...controllerChangeBlockers(fleet, primary, 'changePci'),
      ...vfCountBlockers(primary, counts.get(primary.id) ?? 0),
    ]);
  builder.blockers.push(...tooManyReleased(fleet, primaries, 0));
  if (builder.blockers.length > 0) return;
  const wishes = [...wanted.values()].map(({ secondaryId, vq, vi }) => ({
    secondaryId,
    resources: { vq, vi },
  }));
  for (const primary of primaries) {
    releaseAllOf(builder, primary, 0);
    changeVfCount(builder, primary.id, counts.get(primary.id) ?? 0, wishes);
  }
}

/** Off the drivers of those that go offline on the way, and namespaces that are not wanted. */
function takeAway(
  builder: PlanBuilder,
  changed: readonly SecondaryController[],
  wanted: ReadonlyMap<string, Wanted>,
): void {
  const nameOf = namesAmong(builder.fleet, changed);
  for (const { id } of changed) {
    const secondary = findSecondary(builder.fleet, id);
    const wish = wanted.get(id);
    if (secondary === undefined || wish === undefined) continue;
    const rests = secondary.online === wish.online && !holdsOther(secondary, wish);
    if (secondary.driver !== null && (!rests || secondary.driver !== wish.driver)) {
      const losses = usersLoss(builder.fleet, id, nameOf(secondary));
      const isBack = secondary.driver === wish.driver;
      builder.consequences.push(...losses.map((loss) => (isBack ? `Temporarily: ${loss}` : loss)));
      takeFromDriver(builder, id, 'Release');
    }
    for (const nsid of secondary.attachedNamespaces)
      if (!wish.namespaces.includes(nsid)) {
        builder.consequences.push(
          `${nameOf(secondary)} no longer reaches namespace ${nsid}; its data stays.`,
        );
        builder.add({ kind: 'detach-namespace', controllerId: id, nsid }, 'Namespaces');
      }
  }
}

function giveResources(
  builder: PlanBuilder,
  changed: readonly SecondaryController[],
  wanted: ReadonlyMap<string, Wanted>,
): void {
  const now = changed.flatMap(({ id }) => findSecondary(builder.fleet, id) ?? []);
  const wishes = now.flatMap((secondary) => {
    const wish = wanted.get(secondary.id);
    return wish === undefined || (secondary.online === wish.online && !holdsOther(secondary, wish))
      ? []
      : [{ secondary, online: wish.online, resources: { vq: wish.vq, vi: wish.vi } }];
  });
  for (const [primary, members] of byPrimary(
    builder.fleet,
    wishes.map(({ secondary }) => secondary),
  ))
    builder.block(
      primary,
      resourceBlockers(
        builder.fleet,
        primary,
        wishes.filter(({ secondary }) => members.includes(secondary)),
      ),
    );
  if (builder.blockers.length > 0) return;
  const ups = wishes
    .filter(({ online }) => online)
    .map(({ secondary, resources }) => ({ secondaryId: secondary.id, resources }));
  const downs = wishes.filter(({ online }) => !online);
  const giving = new Set(
    givingBack(
      builder.fleet,
      wishes.map(({ secondary: { id: secondaryId }, resources }) => ({ secondaryId, resources })),
    ),
  );
  // What one gives back must be back before another takes it.
  for (const { secondary } of wishes)
    if (giving.has(secondary.id) || (secondary.online && downs.some((down) => down.secondary === secondary)))
      builder.add({ kind: 'secondary-offline', secondaryId: secondary.id }, 'Resources');
  for (const { secondary, resources } of downs) {
    const here = findSecondary(builder.fleet, secondary.id);
    if (here === undefined || (here.nvq === resources.vq && here.nvi === resources.vi)) continue;
    if (resources.vq === 0 && resources.vi === 0)
      builder.add({ kind: 'secondary-offline', secondaryId: secondary.id }, 'Resources');
    else configureOffline(builder, secondary.id, resources);
  }
  bringUpTogether(builder, ups);
}

/** Data first, and then whoever uses it. */
function handBack(
  builder: PlanBuilder,
  changed: readonly SecondaryController[],
  wanted: ReadonlyMap<string, Wanted>,
): void {
  const wishes = changed.flatMap(({ id }) => wanted.get(id) ?? []);
  for (const { secondaryId: controllerId, namespaces } of wishes) {
    const attached = findSecondary(builder.fleet, controllerId)?.attachedNamespaces ?? [];
    for (const nsid of new Set(namespaces))
      if (!attached.includes(nsid))
        builder.add({ kind: 'attach-namespace', controllerId, nsid }, 'Namespaces');
  }
  for (const { secondaryId, driver } of wishes) {
    if (findSecondary(builder.fleet, secondaryId)?.driver === driver) continue;
    if (driver === 'vfio-pci') showToVfio(builder, secondaryId, 'Hand over');
    else builder.add({ kind: 'set-driver', controllerId: secondaryId, driver }, 'Hand over');
  }
}
