import type { Fleet } from '#shared/fleet/schema.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import { DataTable } from '../../ui/content/data-table.tsx';
import { Card } from '../../ui/content/small.tsx';
import { deviceColumns } from './device-columns.tsx';

/** Each device with its VFIO state on both hosts and the size of the state that moves. */
export function DevicesCard({
  facts,
  hosts,
}: {
  readonly facts: MigrationFacts;
  readonly hosts: Fleet['hosts'];
}) {
  return (
    <Card label="Devices" aside="VFIO state on both hosts">
      <DataTable
        label="Devices"
        columns={deviceColumns(facts, hosts)}
        rows={facts.devices}
        rowKey={(device) => device.sourceId}
      />
    </Card>
  );
}
