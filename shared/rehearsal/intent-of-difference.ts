import type { Fleet, SecondaryController } from '../fleet/schema.ts';
import { findSecondary } from '../fleet/selectors.ts';
import type { Intent } from '../procedure/intent.ts';
import { fleetDifference } from './difference.ts';

type TakeOver = Extract<Intent, { kind: 'take-over' }>;

/** What of a difference could be a procedure, and what could not. */
export interface PlannableDifference {
  /** null: nothing of it could. */
  readonly intent: TakeOver | null;
  /** One sentence for each object of which something is left. */
  readonly left: string[];
}

/** Fields of a secondary controller that the intent is about, or that follow from it. */
const coveredOfFunction = new Set(['driver', 'device', 'address', 'namespaces', 'state', 'VQ', 'VI']);
/** Of a primary controller: what is free follows from what its functions hold. */
const coveredOfPrimary = new Set(['VF count', 'VQ free', 'VI free']);

/**
 * What a rehearsal brought about on its copy, as a change of the fleet that was copied: VF counts, and the resources, state,
 * driver and namespaces of functions. Guests and virtual subsystems are left: what a script does to them from outside is
 * no procedure. Pure.
 */
export function intentOfDifference(before: Fleet, after: Fleet): PlannableDifference {
  const vfCounts: TakeOver['vfCounts'] = [];
  const changedIds = new Set<string>();
  const left: string[] = [];
  for (const { id, title, kind, fields } of fleetDifference(before, after)) {
    const was = before.controllers[id];
    const is = after.controllers[id];
    const names = fields.map(({ name }) => name);
    if (kind !== 'changed' || was === undefined || is === undefined) left.push(leftWords(title, kind, names));
    else if (is.role === 'secondary' && was.role === 'secondary') {
      if (isOfGuest(was) || isOfGuest(is)) left.push(`${title} is in a guest, so it stays as it is.`);
      else if (is.functionKind !== 'vf' || is.unlisted !== undefined)
        left.push(`${title} is not a virtual function, so it stays as it is.`);
      else {
        const others = names.filter((name) => !coveredOfFunction.has(name));
        if (others.length > 0) left.push(leftWords(title, kind, others));
        if (others.length < names.length) changedIds.add(id);
      }
    } else {
      const others = is.role === 'primary' ? names.filter((name) => !coveredOfPrimary.has(name)) : names;
      if (others.length > 0) left.push(leftWords(title, kind, others));
      if (is.role === 'primary' && was.role === 'primary' && is.numVfs !== was.numVfs)
        vfCounts.push({ primaryId: id, count: is.numVfs });
    }
  }
  // Another count takes all functions of the drive away first: those that came back as they were must come back, too.
  for (const { primaryId } of vfCounts)
    for (const one of Object.values(after.controllers))
      if (one.role === 'secondary' && one.primaryId === primaryId && isInUse(one) && !isOfGuest(one))
        changedIds.add(one.id);
  const functions = [...changedIds].flatMap((id) => {
    const secondary = findSecondary(after, id);
    return secondary === undefined ? [] : [wantedOf(secondary)];
  });
  const isNothing = functions.length === 0 && vfCounts.length === 0;
  return { intent: isNothing ? null : { kind: 'take-over', vfCounts, functions }, left };
}

function wantedOf(secondary: SecondaryController): TakeOver['functions'][number] {
  const { id: secondaryId, online, nvq: vq, nvi: vi, driver, attachedNamespaces } = secondary;
  return {
    ...{ secondaryId, online, vq, vi },
    driver: driver === 'nvme' || driver === 'vfio-pci' ? driver : null,
    namespaces: [...attachedNamespaces],
  };
}

function isOfGuest({ virtualMachineId }: SecondaryController): boolean {
  return virtualMachineId !== null;
}

function isInUse({ online, nvq, nvi, driver }: SecondaryController): boolean {
  return online || nvq > 0 || nvi > 0 || driver !== null;
}

function leftWords(title: string, kind: string, fields: readonly string[]): string {
  if (kind !== 'changed') return `${title} was ${kind} by the script, which no procedure does.`;
  return `${title}: ${fields.join(', ')} ${fields.length === 1 ? 'is' : 'are'} not part of the procedure.`;
}
