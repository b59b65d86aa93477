import { viewAsGuest } from '../guest-view/view-as-guest.ts';
import type { FleetConnections } from '../virtual-subsystem/predict-answers.ts';
import type { Handlers } from './handler.ts';

/** The guest view: what the guest of a secondary controller reads from it. */
export function createGuestViewHandlers(deps: {
  /** The fleet as it is now, and the way to its hosts. */
  readonly surroundings: () => FleetConnections;
}): Handlers<'guest:view'> {
  return {
    'guest:view': ({ controllerId, primaryIds, structure }) =>
      viewAsGuest(deps.surroundings(), controllerId, primaryIds ?? [], structure ?? 'identify-controller'),
  };
}
