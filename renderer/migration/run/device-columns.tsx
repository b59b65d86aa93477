import type { Fleet } from '#shared/fleet/schema.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import { VfioStateText } from '../../trace/vfio-state-text.tsx';
import type { Column } from '../../ui/content/data-table.tsx';
import { formatMemory } from '../../ui/format.ts';
import { hostNames } from './run-words.ts';

/** A device of a migration, with what was measured of it. */
export type MovedDevice = MigrationFacts['devices'][number];

/** A device of a migration: its VFIO state on both hosts, and the size of the state that moves. */
export function deviceColumns(facts: MigrationFacts, hosts: Fleet['hosts']): readonly Column<MovedDevice>[] {
  const { source, destination } = hostNames(facts, hosts);
  return [
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
}
