import type { AssignmentOption } from '#shared/fleet/rules/assignment.ts';
import type { AssignmentTarget } from '#shared/fleet/rules/assignment-target.ts';

/** Secondary controllers that are being carried to a target, by pointer or by keyboard. */
export type Carry =
  | { readonly mode: 'idle' }
  | {
      readonly mode: 'pointer' | 'keyboard';
      readonly ids: readonly string[];
      /** Every target of the hosts involved, legal or not. */
      readonly options: readonly AssignmentOption[];
      /** Key of the target under the pointer or chosen by keyboard. */
      readonly chosen: string | null;
    };

/** What may happen while something is carried, or before. */
export type CarryEvent =
  | {
      readonly kind: 'pick-up';
      readonly mode: 'pointer' | 'keyboard';
      readonly ids: readonly string[];
      readonly options: readonly AssignmentOption[];
    }
  /** The pointer is over a target, legal or not, or over nothing. */
  | { readonly kind: 'hover'; readonly key: string | null }
  /** Next (1) or previous (-1) legal target. */
  | { readonly kind: 'step'; readonly by: 1 | -1 }
  /** The fleet changed: the same secondaries with new verdicts. */
  | { readonly kind: 'refresh'; readonly options: readonly AssignmentOption[] }
  | { readonly kind: 'end' };

/** Nothing is carried. */
export const idle: Carry = { mode: 'idle' };

/** Names a target inside one carry. */
export function targetKey(target: AssignmentTarget): string {
  if (target.kind === 'pool') return 'pool';
  return target.kind === 'virtual-subsystem' ? target.virtualSubsystemId : target.virtualMachineId;
}

/** Keys of the targets that would be accepted, in the order in which the keyboard visits them. */
export function legalKeys(options: readonly AssignmentOption[]): string[] {
  return options.filter(({ verdict }) => verdict.allowed).map(({ target }) => targetKey(target));
}

/** The option that is chosen now, if any. */
export function chosenOption(carry: Carry): AssignmentOption | null {
  if (carry.mode === 'idle' || carry.chosen === null) return null;
  return carry.options.find(({ target }) => targetKey(target) === carry.chosen) ?? null;
}

/**
 * The next state. A reducer, because pointer, keyboard and changes of the fleet all move the same state, and each way must
 * leave it whole; it is tested without a window.
 */
export function carryReducer(carry: Carry, event: CarryEvent): Carry {
  if (event.kind === 'pick-up') {
    if (event.ids.length === 0) return idle;
    const chosen = event.mode === 'keyboard' ? (legalKeys(event.options)[0] ?? null) : null;
    return { mode: event.mode, ids: event.ids, options: event.options, chosen };
  }
  if (carry.mode === 'idle') return carry;
  switch (event.kind) {
    case 'hover':
      return carry.chosen === event.key || carry.mode === 'keyboard'
        ? carry
        : { ...carry, chosen: event.key };
    case 'step': {
      const keys = legalKeys(carry.options);
      if (carry.mode !== 'keyboard' || keys.length === 0) return carry;
      const at = keys.indexOf(carry.chosen ?? '');
      const next = at < 0 ? 0 : (at + event.by + keys.length) % keys.length;
      return { ...carry, chosen: keys[next] ?? null };
    }
    case 'refresh': {
      const keys = event.options.map(({ target }) => targetKey(target));
      const legal = legalKeys(event.options);
      const allowed = carry.mode === 'keyboard' ? legal : keys;
      const kept = carry.chosen !== null && allowed.includes(carry.chosen) ? carry.chosen : null;
      const chosen = kept ?? (carry.mode === 'keyboard' ? (legal[0] ?? null) : null);
      return { ...carry, options: event.options, chosen };
    }
    case 'end':
      return idle;
  }
}

/** What the target says: `drop → vcid 22`, or the first reason against it. */
export function hintWords({ target, verdict }: AssignmentOption): string {
  if (!verdict.allowed) return verdict.reasons[0] ?? 'not possible';
  if (target.kind === 'pool') return 'drop → back to the pool';
  if (target.kind === 'virtual-machine') return `drop → ${verdict.words}`;
  const ids = verdict.virtualControllerIds;
  return ids.length === 1 ? `drop → vcid ${ids[0]}` : `drop → vcid ${ids[0]}–${ids.at(-1)}`;
}
