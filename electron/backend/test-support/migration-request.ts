import type { Fleet } from '#shared/fleet/schema.ts';
import { defaultMigrationOptions } from '#shared/migration/default-options.ts';
import { proposeMapping } from '#shared/migration/mapping.ts';
import type { MigrationOptions, MigrationRequest } from '#shared/migration/request.ts';

/** What of a request is otherwise than usual. */
export interface UnusualRequest
  extends Partial<Pick<MigrationRequest, 'virtualMachineId' | 'destinationHostId'>> {
  readonly options?: Partial<MigrationOptions>;
}

/** The request that the wizard would make on a simulated fleet: db-primary moves from `hv-a` to `hv-b`, as slowly as it must. */
export function requestFor(
  fleet: Fleet,
  { virtualMachineId = 'hv-a:db-primary', destinationHostId = 'hv-b', options = {} }: UnusualRequest = {},
): MigrationRequest {
  const { devices } = proposeMapping(fleet, virtualMachineId, destinationHostId);
  return {
    ...{ virtualMachineId, destinationHostId, devices, acknowledged: [] },
    options: { ...defaultMigrationOptions, downtimeBudgetMilliseconds: 600_000, ...options },
  };
}
