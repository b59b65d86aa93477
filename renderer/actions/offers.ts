import type { Controller, Fleet } from '#shared/fleet/schema.ts';
import type { Reason } from './unavailable.ts';
import { type Taken, takeOf } from './whole-selection.ts';

/** What is selected in a fleet. */
export interface Selection {
  readonly fleet: Fleet;
  /** Everything that is selected; the last one is what an action of one object is about. */
  readonly ids: readonly string[];
}

/** What an action would do now. Unavailable ones stay in the menus with their reason. */
export interface Offer {
  readonly unavailable: Reason;
  readonly run: () => void;
}

/** An offer for a selection, with what of it would be left. */
export interface OfferForAll extends Offer {
  /** How many of the selection it takes. */
  readonly takes: number;
}

type Role = Controller['role'];
/** For what can be done with every controller. */
export const anyRole = ['plain', 'primary', 'secondary'] as const satisfies readonly Role[];
type OfRole<R extends Role> = Extract<Controller, { role: R }>;

/** An offer for one controller of some roles. */
export function forController<R extends Role>(
  roles: readonly R[],
  offer: (controller: OfRole<R>, fleet: Fleet) => Offer | null,
): (id: string, fleet: Fleet) => Offer | null {
  return (id, fleet) => {
    const controller = fleet.controllers[id];
    return isOfRole(controller, roles) ? offer(controller, fleet) : null;
  };
}

/** An offer for all controllers of some roles in the selection. */
export function forControllers<R extends Role>(
  roles: readonly R[],
  judge: (controller: OfRole<R>, fleet: Fleet) => Reason,
  run: (ids: string[], left: readonly string[]) => void,
): (selection: Selection) => OfferForAll | null {
  const what = roles.length > 1 ? 'controller' : `${roles[0]} controller`;
  return ({ fleet, ids }) =>
    offerOf(
      takeOf(ids, {
        find: (id) => {
          const controller = fleet.controllers[id];
          return isOfRole(controller, roles) ? controller : undefined;
        },
        ...{ one: `a ${what}`, several: `${what}s` },
        judge: (controller) => judge(controller, fleet),
      }),
      run,
    );
}

function isOfRole<R extends Role>(
  controller: Controller | undefined,
  roles: readonly R[],
): controller is OfRole<R> {
  return controller !== undefined && (roles as readonly Role[]).includes(controller.role);
}

/** The offer of an action that takes a part of a selection; null where it takes nothing. */
export function offerOf(
  taken: Taken | null,
  run: (ids: string[], left: readonly string[]) => void,
): OfferForAll | null {
  if (taken === null) return null;
  const { ids, left, unavailable } = taken;
  return { unavailable, takes: ids.length, run: () => run([...ids], left) };
}
