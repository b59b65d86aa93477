import { otherCopies } from '../fleet/rules/resuming.ts';
import type { Controller, Fleet, VirtualMachine } from '../fleet/schema.ts';
import { controllerTitle, findSecondary, hostTitle } from '../fleet/selectors.ts';
import { valuesOf } from '../layered-record.ts';
import type { CutOffGuest } from './agreement.ts';
import { withLayers } from './plan/builder.ts';
import { usersLoss } from './plan/titles.ts';
import type { Plan } from './procedure.ts';
import { definitionOf, type Step } from './step.ts';

/** What steps take from those who use it, whatever they are meant for. */
export interface Interruptions {
  /** Virtual machines that lose a drive, or data on it, in the order of the steps. */
  readonly guests: readonly CutOffGuest[];
  /** One line for each loss, of guests and of hosts. */
  readonly lines: readonly string[];
}

/**
 * What a list of steps interrupts on this fleet, read off the steps themselves: the same for a change, its undo and the
 * rest of a run that was cut short. Pure.
 * @param concerns Which guests count, in the state in which they are when the step comes; left out: all that are not off.
 */
export function interruptionsOf(
  fleet: Fleet,
  steps: readonly Step[],
  concerns: (guest: VirtualMachine) => boolean = () => true,
): Interruptions {
  const guests = new Map<string, CutOffGuest>();
  const lines = new Set<string>();
  const drives = drivesOf(fleet);
  let before = withLayers(fleet);
  for (const step of steps) {
    const after = definitionOf(step).predict(step, before);
    for (const id of touchedBy(step, before, after, drives)) {
      const loss = lossOf(id, step, before, after);
      if (loss === null || (loss.guest !== null && !concerns(loss.guest))) continue;
      lines.add(loss.words);
      if (loss.guest !== null) guests.set(loss.guest.id, cutOffGuest(fleet, loss.guest));
    }
    before = withLayers(after);
  }
  return { guests: [...guests.values()], lines: [...lines] };
}

/** The guests that a plan cuts off. A migration takes its guest's drives along, so it cuts off none. */
export function guestsCutOff(fleet: Fleet, plan: Plan): readonly CutOffGuest[] {
  if (plan.intent.kind === 'migrate') return [];
  return interruptionsOf(
    fleet,
    plan.steps.map(({ step }) => step),
  ).guests;
}

function cutOffGuest(fleet: Fleet, machine: VirtualMachine): CutOffGuest {
  const { id, name, hostId } = machine;
  const isOnlyOne = otherCopies(fleet, machine).length === 0;
  return { id, title: isOnlyOne ? name : `${name} on ${hostTitle(fleet, hostId)}` };
}

/** The controllers of each NVM subsystem, by its id. */
function drivesOf(fleet: Fleet): ReadonlyMap<string, readonly string[]> {
  const drives = new Map<string, string[]>();
  for (const { id, subsystemId } of valuesOf(fleet.controllers)) {
    const known = drives.get(subsystemId);
    if (known === undefined) drives.set(subsystemId, [id]);
    else known.push(id);
  }
  return drives;
}

/** Controllers whose use a step may end. What it does to a primary controller may reach everything in its NVM subsystem. */
function touchedBy(
  step: Step,
  before: Fleet,
  after: Fleet,
  drives: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const { controllers = [], machines = [] } = definitionOf(step).targets(step);
  const devices = machines.flatMap((id) => before.virtualMachines[id]?.deviceIds ?? []);
  const changed = controllers
    .flatMap((id) => {
      const target = before.controllers[id];
      return target === undefined || target.role === 'secondary'
        ? []
        : (drives.get(target.subsystemId) ?? []);
    })
    .filter((id) => before.controllers[id] !== after.controllers[id]);
  return [...new Set([...controllers, ...devices, ...changed])];
}

function lossOf(
  id: string,
  step: Step,
  before: Fleet,
  after: Fleet,
): { readonly words: string; readonly guest: VirtualMachine | null } | null {
  const was = before.controllers[id];
  if (was === undefined) return null;
  const is = after.controllers[id];
  const guest = guestOf(before, id);
  const who = guest?.name ?? (was.driver === 'nvme' ? (was.deviceName ?? null) : null);
  if (who === null) return null;
  if (is === undefined || endsUse(was, is, guest !== null && guestOf(after, id) === null)) {
    const title = controllerTitle(was);
    const [words = `${who} loses ${title}.`] = usersLoss(before, id, title);
    return { words, guest };
  }
  if (definitionOf(step).resets?.(step) === id)
    return { words: `${controllerTitle(was)} is reset under ${who}: what it was doing is lost.`, guest };
  const lost = was.attachedNamespaces.filter((nsid) => !is.attachedNamespaces.includes(nsid));
  return lost.length === 0
    ? null
    : { words: `${who} loses namespace ${lost.join(', ')}; the data stays on the drive.`, guest };
}

function endsUse(was: Controller, is: Controller, leavesGuest: boolean): boolean {
  const goesOffline = was.role === 'secondary' && is.role === 'secondary' && was.online && !is.online;
  return leavesGuest || goesOffline || was.driver !== is.driver;
}

function guestOf(fleet: Fleet, controllerId: string): VirtualMachine | null {
  const secondary = findSecondary(fleet, controllerId);
  const machine = fleet.virtualMachines[secondary?.virtualMachineId ?? ''];
  return machine === undefined || machine.state === 'stopped' ? null : machine;
}
