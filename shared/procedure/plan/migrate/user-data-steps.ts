import { logSlots } from '../../../migration/user-data/log-slots.ts';
import type { PlanBuilder } from '../builder.ts';
import type { ReadyMigration } from './migration-steps.ts';

/** Begins to log what each device of which user data is copied changes, or ends that and deletes the queues. */
export function logUserData(
  builder: PlanBuilder,
  { userData }: ReadyMigration,
  logging: boolean,
  phase: string,
): void {
  for (const { sourceId: controllerId } of userData)
    builder.add({ kind: 'user-data-log', controllerId, slots: logSlots, logging }, phase);
}

/** Copies what is left of the user data, or all of it where the guest was stopped first. Its devices stand still. */
export function sendUserData(
  builder: PlanBuilder,
  { userData, machine, request, preCopy }: ReadyMigration,
  phase: string,
): void {
  if (userData.length === 0) return;
  builder.add(
    {
      ...{ kind: 'user-data-send', virtualMachineId: machine.id },
      destinationHostId: request.destinationHostId,
      devices: [...userData],
      ...(preCopy === null ? {} : { rest: true as const }),
      downtimeBudgetMilliseconds: request.options.downtimeBudgetMilliseconds,
    },
    phase,
  );
}
