import type { Fleet } from '#shared/fleet/schema.ts';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import type { ReadTimes } from '#shared/migration/checks/rules/with-rules.ts';
import { destinationOptions } from '#shared/migration/destination-options.ts';
import { forecastMigration } from '#shared/migration/forecast.ts';
import { proposeMapping } from '#shared/migration/mapping.ts';
import { findRemedies } from '#shared/procedure/remedies/find-remedies.ts';
import { pathToAble } from '#shared/procedure/remedies/path-to-able.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { Handlers } from './handler.ts';

export type MigrationChannel =
  | 'migration:destinations'
  | 'migration:propose'
  | 'migration:check'
  | 'migration:remedies'
  | 'migration:path-to-able';

/** What the migration wizard asks before there is a plan: where to, how mapped, and whether it fits. */
export function createMigrationHandlers({
  fleet,
  readTimes,
}: {
  /** The fleet as it is now. */
  readonly fleet: () => Fleet;
  /** When its hosts were read. */
  readonly readTimes: () => ReadTimes;
}): Handlers<MigrationChannel> {
  return {
    'migration:destinations': async ({ virtualMachineId }) =>
      knownMachine(fleet(), virtualMachineId, () => ({
        destinations: destinationOptions(fleet(), virtualMachineId),
      })),
    'migration:propose': async ({ virtualMachineId, destinationHostId }) =>
      knownMachine(fleet(), virtualMachineId, () =>
        proposeMapping(fleet(), virtualMachineId, destinationHostId),
      ),
    'migration:check': async ({ request }) => {
      const forecast = forecastMigration(fleet(), request);
      return succeed({
        compatibility: checkCompatibility(fleet(), request, readTimes()),
        downtimeForecastMilliseconds: forecast.downtimeMilliseconds,
        totalForecastMilliseconds: forecast.totalMilliseconds,
      });
    },
    'migration:remedies': async ({ request }) =>
      knownMachine(fleet(), request.virtualMachineId, () => ({ checks: findRemedies(fleet(), request) })),
    'migration:path-to-able': async ({ virtualMachineId, destinationHostId }) =>
      knownMachine(fleet(), virtualMachineId, () => pathToAble(fleet(), virtualMachineId, destinationHostId)),
  };
}

function knownMachine<T>(fleet: Fleet, virtualMachineId: string, answer: () => T): Result<T> {
  if (Object.hasOwn(fleet.virtualMachines, virtualMachineId)) return succeed(answer());
  return fail('not-found', `The virtual machine ${virtualMachineId} is not in the fleet.`, {
    object: virtualMachineId,
    fix: 'Choose a virtual machine shown in the topology.',
  });
}
