import type { Fleet } from '#shared/fleet/schema.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import { VfioStateText } from '../../trace/vfio-state-text.tsx';
import { type Column, DataTable } from '../../ui/content/data-table.tsx';
import { Card } from '../../ui/content/small.tsx';
import { formatMemory } from '../../ui/format.ts';
import { hostNames } from './run-words.ts';

type Device = MigrationFacts['devices'][number];

/** Each device with its VFIO state on both hosts and the size of the state that moves. */
export function DevicesCard({
  facts,
  hosts,
}: {
  readonly facts: MigrationFacts;
  readonly hosts: Fleet['hosts'];
}) {
  const { source, destination } = hostNames(facts, hosts);
  const columns: readonly Column<Device>[] = [
    { id: 'name', title: 'Device', mono: true, cell: (device) => device.name },
    { id: 'source', title: source, cell: (device) => <VfioStateText state={device.sourceState} /> },
    {
      id: 'destination',
      title: destination,
      cell: (device) => <VfioStateText state={device.destinationState} />,
    },
    {
      id: 'state',
      title: 'State',
      align: 'right',
      cell: (device) => (device.stateBytes === 0 ? '–' : formatMemory(device.stateBytes)),
    },
  ];
  return (
    <Card label="Devices" aside="VFIO state on both hosts">
      <DataTable
        label="Devices"
        columns={columns}
        rows={facts.devices}
        rowKey={(device) => device.sourceId}
      />
    </Card>
  );
}
