import type { Fleet } from '#shared/fleet/schema.ts';
import { defaultMigrationOptions } from '#shared/migration/default-options.ts';
import { proposeMapping } from '#shared/migration/mapping.ts';
import { withPolicy } from '#shared/migration/pre-copy/policies.ts';
import type { MigrationOptions, MigrationRequest } from '#shared/migration/request.ts';

/** What of a request is otherwise than usual. */
export interface UnusualRequest
  extends Partial<Pick<MigrationRequest, 'virtualMachineId' | 'destinationHostId'>> {
  readonly options?: Partial<MigrationOptions>;
}

/** A request on a simulated fleet: db-primary is stopped and moves from `hv-a` to `hv-b`, as slowly as it must. */
export function requestFor(
  fleet: Fleet,
  { virtualMachineId = 'hv-a:db-primary', destinationHostId = 'hv-b', options = {} }: UnusualRequest = {},
): MigrationRequest {
  const { devices } = proposeMapping(fleet, virtualMachineId, destinationHostId);
  return {
    ...{ virtualMachineId, destinationHostId, devices, acknowledged: [] },
    options: {
      ...withPolicy(defaultMigrationOptions, 'stop-and-copy'),
      downtimeBudgetMilliseconds: 600_000,
      ...options,
    },
  };
}
