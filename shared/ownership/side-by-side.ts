import { namespaceIdOf, virtualSubsystemIdOf } from '../fleet/ids.ts';
import type { Fleet } from '../fleet/schema.ts';
import { findPrimary } from '../fleet/selectors.ts';
import type { Plan } from '../procedure/procedure.ts';
import type { Step } from '../procedure/step.ts';
import { objectsOfStep } from './run-objects.ts';

/** A plan with the hosts on which it works. */
export interface PlanOnHosts {
  readonly plan: Pick<Plan, 'intent' | 'steps'>;
  readonly hostIds: ReadonlySet<string>;
}

/** Why two procedures do not run at the same time: a host of both, or an object that both change. */
export interface InTheWay {
  readonly kind: 'host' | 'object';
  readonly id: string;
}

/**
 * The one rule of what runs at the same time. Two migrations do as long as no virtual machine, no secondary controller and
 * no virtual subsystem belongs to both, and both do not copy user data into one namespace, over whichever hosts; primary
 * controllers serve several at once. Everything else has its hosts alone. null: nothing is in the way.
 */
export function inTheWay(fleet: Fleet, wanted: PlanOnHosts, other: PlanOnHosts): InTheWay | null {
  const filled = filledNamespaces(fleet, other.plan);
  const namespace = [...filledNamespaces(fleet, wanted.plan)].find((id) => filled.has(id));
  if (namespace !== undefined) return { kind: 'object', id: namespace };
  const host = [...wanted.hostIds].find((id) => other.hostIds.has(id));
  if (host === undefined) return null;
  if (wanted.plan.intent.kind !== 'migrate' || other.plan.intent.kind !== 'migrate')
    return { kind: 'host', id: host };
  const taken = belongings(fleet, other.plan);
  const shared = [...belongings(fleet, wanted.plan)].find((id) => taken.has(id));
  return shared === undefined ? null : { kind: 'object', id: shared };
}

/** What a migration has for itself alone. */
function belongings(fleet: Fleet, { steps }: Pick<Plan, 'steps'>): ReadonlySet<string> {
  const ids = steps.flatMap(({ step }) => [...objectsOfStep(step), ...namedSubsystems(step)]);
  return new Set(ids.filter((id) => fleet.controllers[id]?.role !== 'primary'));
}

/** The namespaces whose contents a migration writes. */
function filledNamespaces(fleet: Fleet, { steps }: Pick<Plan, 'steps'>): ReadonlySet<string> {
  const devices = steps.flatMap(({ step }) => (step.kind === 'user-data-send' ? step.devices : []));
  return new Set(
    devices.flatMap(({ destinationId, namespaces }) => {
      const primary = findPrimary(fleet, destinationId.slice(0, destinationId.lastIndexOf('/')));
      if (primary === undefined) return [];
      return namespaces.map(({ destination }) => namespaceIdOf(primary.subsystemId, destination));
    }),
  );
}

/** A virtual subsystem is shared also by those who only join it: who created it would take it away on the way back. */
function namedSubsystems(step: Step): string[] {
  if (!('nqn' in step)) return [];
  const primaryId =
    'primaryId' in step ? step.primaryId : step.secondaryId.slice(0, step.secondaryId.lastIndexOf('/'));
  return [virtualSubsystemIdOf(primaryId, step.nqn)];
}
