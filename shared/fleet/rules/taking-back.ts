import type { Fleet, SecondaryController, VirtualMachine } from '../schema.ts';
import { controllerFullTitle, controllingPrimary, machineOf } from '../selectors.ts';
import { controllerChangeBlockers, secondaryChangeBlockers, unmanagedBlockers } from './change-blockers.ts';
import { otherCopies } from './resuming.ts';

/** How much is taken: `leaveSubsystem` false leaves the virtual subsystem as it is. */
interface Taking {
  readonly leaveSubsystem: boolean;
}

/**
 * Why a secondary controller cannot be taken back from whoever has it; empty when it can. Each place that it leaves, virtual
 * machine, driver and virtual subsystem, is left through its host, which must be able to do that.
 */
export function takeBackBlockers(fleet: Fleet, secondary: SecondaryController, taking: Taking): string[] {
  const { virtualMachineId, virtualSubsystemId, functionKind, driver } = secondary;
  return [
    ...secondaryChangeBlockers(fleet, secondary),
    ...controllerChangeBlockers(
      fleet,
      secondary,
      ...(virtualMachineId === null ? [] : (['virtualMachines'] as const)),
      // A provisioned function is hidden instead, by its controlling function.
      ...(driver === null || functionKind === 'siov' ? [] : (['changePci'] as const)),
      ...(taking.leaveSubsystem && virtualSubsystemId !== null ? (['virtualSubsystems'] as const) : []),
    ),
  ];
}

/**
 * Whether an assignment takes a secondary from somebody, so that it starts over: from its virtual machine, or from a virtual
 * subsystem that it leaves for another one.
 */
export function startsOver(
  { virtualMachineId, virtualSubsystemId }: SecondaryController,
  { leaveSubsystem }: Taking,
): boolean {
  return virtualMachineId !== null || (leaveSubsystem && virtualSubsystemId !== null);
}

/**
 * Why what a migration left of this source cannot be cleaned up; empty when it can. Only what no guest uses is cleaned up,
 * and only what the migration itself had: `virtualMachineId` is what is left of its virtual machine, null for nothing.
 */
export function cleanUpBlockers(
  fleet: Fleet,
  secondary: SecondaryController,
  virtualMachineId: string | null,
): string[] {
  const title = controllerFullTitle(fleet, secondary);
  const primary = controllingPrimary(fleet, secondary);
  if (primary === undefined) return unmanagedBlockers(fleet, secondary);
  const reasons = controllerChangeBlockers(
    fleet,
    primary,
    'changeControllers',
    'virtualSubsystems',
    'changePci',
  );
  const machine = machineOf(fleet, secondary);
  if (machine === undefined) return reasons;
  if (machine.id !== virtualMachineId)
    reasons.push(
      `${title} is in ${machine.name}, which the migration did not leave behind. Take it out first.`,
    );
  // One that waits for a guest which runs elsewhere waits in vain.
  else if (machine.state === 'running' || (machine.state === 'incoming' && !runsElsewhere(fleet, machine)))
    reasons.push(
      `${machine.name} is ${machine.state} with ${title}. Only controllers that no guest uses are cleaned up.`,
    );
  return reasons;
}

function runsElsewhere(fleet: Fleet, machine: VirtualMachine): boolean {
  return otherCopies(fleet, machine).some(({ state }) => state === 'running');
}
