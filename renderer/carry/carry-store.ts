import { create } from 'zustand';
import { countWords } from '#shared/count-words.ts';
import { assignmentTargets, refusalWords } from '#shared/fleet/rules/assignment.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle, findSecondary } from '#shared/fleet/selectors.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { propose } from '../procedures/intents.ts';
import { announce } from '../ui/overlays/announcer.tsx';
import { notify } from '../ui/overlays/notices.ts';
import { type Carry, type CarryEvent, carryReducer, chosenOption, idle } from './carry.ts';

/** What is being carried now; the graph, the list and the overlay show it. */
export const useCarry = create<{ readonly carry: Carry }>(() => ({ carry: idle }));

/** The one place that moves the state; answers it for what has to be said next. */
function send(event: CarryEvent): Carry {
  const carry = carryReducer(useCarry.getState().carry, event);
  useCarry.setState({ carry });
  return carry;
}

/** `VF 12 of hv-a/nvme1`, or `3 secondary controllers`. */
export function carriedTitle(fleet: Fleet, ids: readonly string[]): string {
  const only = ids.length === 1 ? findSecondary(fleet, ids[0] ?? '') : undefined;
  return only === undefined
    ? countWords(ids.length, 'secondary controller')
    : controllerFullTitle(fleet, only);
}

/** Picks secondaries up. Answers whether something is carried; says why not otherwise. */
export function pickUp(mode: 'pointer' | 'keyboard', ids: readonly string[]): boolean {
  const { fleet } = useFleetMirror.getState();
  if (fleet === null) return false;
  if (fleet.source.readOnly !== null) {
    notify({
      id: 'read-only',
      tone: 'info',
      title: 'Nothing can be changed here',
      text: fleet.source.readOnly,
    });
    announce(`Nothing can be changed here. ${fleet.source.readOnly}`);
    return false;
  }
  const secondaries = ids.filter((id) => findSecondary(fleet, id) !== undefined);
  if (secondaries.length === 0) return false;
  const options = assignmentTargets(fleet, secondaries);
  const carry = send({ kind: 'pick-up', mode, ids: secondaries, options });
  if (mode === 'pointer' || carry.mode === 'idle') return true;
  const title = carriedTitle(fleet, secondaries);
  if (carry.chosen === null) {
    const reasons = [...new Set(options.flatMap(({ verdict }) => (verdict.allowed ? [] : verdict.reasons)))];
    announce(`${title} cannot be assigned anywhere. ${refusalWords(reasons)}`);
    notify({ tone: 'warning', title: `${title} cannot be assigned anywhere`, details: reasons.slice(0, 5) });
    send({ kind: 'end' });
    return false;
  }
  announce(
    `Picked up ${title}. Arrow keys choose a target, Enter drops, Escape cancels. ${targetWords(carry)}`,
  );
  return true;
}

/** What a drop would do, for people who do not see the target; empty when nothing is chosen. */
function targetWords(carry: Carry): string {
  const option = chosenOption(carry);
  if (option === null || !option.verdict.allowed) return '';
  return `Target ${option.title}: ${option.verdict.words}.`;
}

/** The pointer is over the target with this key (`targetKey`); null: over none. */
export function hoverTarget(key: string | null): void {
  send({ kind: 'hover', key });
}

/** Chooses the next (1) or previous (-1) legal target and says which, for people who do not see it. */
export function stepTarget(by: 1 | -1): void {
  announce(targetWords(send({ kind: 'step', by })));
}

/** Ends the carrying without a drop. */
export function cancelCarry(): void {
  if (useCarry.getState().carry.mode === 'idle') return;
  send({ kind: 'end' });
  announce('Cancelled. Nothing was changed.');
}

/** Drops what is carried on the chosen target: it becomes a procedure. An illegal target says why. */
export function drop(): void {
  const { carry } = useCarry.getState();
  const option = chosenOption(carry);
  send({ kind: 'end' });
  if (carry.mode === 'idle') return;
  if (option === null) {
    // Targets are offered for the hosts of what is carried; anything else that was hit is on another host.
    if (carry.chosen !== null)
      notify({
        tone: 'warning',
        title: 'Not possible: the target is on another host',
        text: 'A secondary controller stays on its host. Migrate… moves a virtual machine with its controllers.',
      });
    return;
  }
  if (!option.verdict.allowed) {
    notify({ tone: 'warning', title: `Not possible: ${option.title}`, details: option.verdict.reasons });
    return;
  }
  announce(`Dropped on ${option.title}: ${option.verdict.words}.`);
  propose({ kind: 'assign', secondaryIds: [...carry.ids], target: option.target });
}

// A change of the fleet while something is carried changes the verdicts, never the target that was chosen if it is still legal.
useFleetMirror.subscribe(({ fleet }, before) => {
  const { carry } = useCarry.getState();
  if (carry.mode === 'idle' || fleet === null || fleet === before.fleet) return;
  send({ kind: 'refresh', options: assignmentTargets(fleet, carry.ids) });
});
