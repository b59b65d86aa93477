import type { Fleet, SecondaryController } from '../fleet/schema.ts';
import { controllerFullTitle, controllerTitle, findPrimary } from '../fleet/selectors.ts';
import type { ChangedObject, RehearsedDrive, RehearsedFunction } from './rehearsal.ts';

/** Functions of one drive that are listed; more where more are touched. */
const listedFunctions = 32;
/** Drives that are listed. */
const listedDrives = 8;

/**
 * The drives of which something differs or would be taken from a guest, each with its functions: those that are there, and
 * those that the script touched. Pure.
 * @param difference All objects that differ.
 * @param threatened Functions that the next line would take from a guest.
 */
export function touchedDrives(
  fleet: Fleet,
  difference: readonly Pick<ChangedObject, 'id' | 'lines'>[],
  threatened: readonly string[],
): RehearsedDrive[] {
  const changed = new Map(difference.map(({ id, lines }) => [id, lines]));
  const primaryIds = new Set(
    [...changed.keys(), ...threatened].flatMap((id) => {
      const controller = fleet.controllers[id];
      return controller?.role === 'secondary' ? [controller.primaryId] : [];
    }),
  );
  return [...primaryIds].slice(0, listedDrives).flatMap((primaryId) => {
    const primary = findPrimary(fleet, primaryId);
    if (primary === undefined) return [];
    const secondaries = Object.values(fleet.controllers).filter(
      (one): one is SecondaryController => one.role === 'secondary' && one.primaryId === primaryId,
    );
    const cells = secondaries.map((secondary): RehearsedFunction & { readonly order: number } => ({
      ...{ id: secondary.id, title: controllerTitle(secondary), online: secondary.online },
      ...{ vq: secondary.nvq, vi: secondary.nvi },
      changed: changed.has(secondary.id),
      lines: [...(changed.get(secondary.id) ?? [])],
      threatened: threatened.includes(secondary.id),
      order: secondary.vfn > 0 ? secondary.vfn : secondary.cntlid,
    }));
    const there = new Set(secondaries.filter(({ pciAddress }) => pciAddress !== null).map(({ id }) => id));
    const isTouched = (one: RehearsedFunction) => one.changed || one.threatened;
    const shown = cells.filter((cell) => isTouched(cell) || there.has(cell.id));
    const room = Math.max(0, listedFunctions - shown.filter(isTouched).length);
    const others = shown
      .filter((cell) => !isTouched(cell))
      .sort(byOrder)
      .slice(0, room);
    const functions = [...shown.filter(isTouched), ...others]
      .sort(byOrder)
      .map(({ order: _, ...cell }) => cell);
    return [
      {
        ...{ id: primaryId, title: controllerFullTitle(fleet, primary), functions },
        left: shown.length - functions.length,
      },
    ];
  });
}

function byOrder(left: { readonly order: number }, right: { readonly order: number }): number {
  return left.order - right.order;
}
