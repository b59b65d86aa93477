import type { Fleet } from '#shared/fleet/schema.ts';
import type { PlacementView } from '#shared/ipc/batch-contract.ts';
import { machinesToEvacuate, type Placement, placeMachines } from '#shared/migration/batch/placement.ts';
import { forecastMigration } from '#shared/migration/forecast.ts';
import { fail, succeed } from '#shared/result.ts';
import { inTurns } from '../in-turns.ts';
import type { MigrationQueue } from '../migration/batch/migration-queue.ts';
import type { Handlers } from './handler.ts';

export type BatchChannel = 'batch:list' | 'batch:place' | 'batch:begin' | 'batch:change';

/** Several migrations that are asked for together. */
export function createBatchHandlers({
  queue,
  fleet,
}: {
  readonly queue: MigrationQueue;
  /** The fleet for which migrations are planned. */
  readonly fleet: () => Fleet;
}): Handlers<BatchChannel> {
  return {
    'batch:list': async () => succeed({ batches: queue.list() }),
    'batch:place': async ({ what, options, chosen }) => {
      const now = fleet();
      if (what.kind === 'evacuate' && !Object.hasOwn(now.hosts, what.hostId))
        return fail('not-found', `The host ${what.hostId} is not in the fleet.`, {
          object: what.hostId,
          fix: 'Choose a host shown in the topology.',
        });
      const hosts = new Map(chosen.map((one) => [one.virtualMachineId, one.destinationHostId]));
      const ids =
        what.kind === 'evacuate'
          ? machinesToEvacuate(now, what.hostId).map(({ virtualMachineId }) => virtualMachineId)
          : [...new Set(what.virtualMachineIds)];
      const wishes = ids.map((id) => ({ virtualMachineId: id, destinationHostId: hosts.get(id) }));
      const closed = what.kind === 'evacuate' ? [what.hostId] : [];
      const placements = await inTurns(placeMachines(now, wishes, { options, closed }));
      return succeed({ placements: placements.map((placement) => viewOf(now, placement)) });
    },
    'batch:begin': async (asked) => queue.begin(asked),
    'batch:change': async ({ id, change }) => queue.change(id, change),
  };
}

function viewOf(fleet: Fleet, { request, refused, passed, ...placement }: Placement): PlacementView {
  const forecast = request === null ? null : forecastMigration(fleet, request);
  return {
    ...{ virtualMachineId: placement.virtualMachineId, request, passed, warnings: [...placement.warnings] },
    downtimeForecastMilliseconds: forecast?.downtimeMilliseconds ?? null,
    totalForecastMilliseconds: forecast?.totalMilliseconds ?? null,
    refused: refused && {
      ...refused,
      hosts: refused.hosts.map(({ hostId, reasons }) => ({ hostId, reasons: [...reasons] })),
    },
  };
}
