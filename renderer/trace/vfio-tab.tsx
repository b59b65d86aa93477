import { Unplug } from 'lucide-react';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { controllerFullTitle, hexadecimalId, machineOf } from '#shared/fleet/selectors.ts';
import type { VfioState } from '#shared/vfio/device-state.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { type Column, DataTable } from '../ui/content/data-table.tsx';
import { ScrollRegion } from '../ui/content/scroll-region.tsx';
import { EmptyState, LoadingState } from '../ui/content/states.tsx';
import styles from './trace.module.css';
import { VfioStateText } from './vfio-state-text.tsx';

/** A secondary that is bound to vfio-pci: others have no VFIO state. */
type Row = SecondaryController & { readonly vfioState: VfioState };

/** VFIO migration state of every function that is bound to vfio-pci, on every host. */
export function VfioTab() {
  const fleet = useFleetMirror((state) => state.fleet);
  if (fleet === null) return <LoadingState>Reading the fleet…</LoadingState>;
  const rows = Object.values(fleet.controllers).filter(
    (controller): controller is Row => controller.role === 'secondary' && controller.vfioState !== null,
  );
  if (rows.length === 0) {
    return (
      <EmptyState icon={Unplug} title="No function has a VFIO migration state">
        A secondary controller has one while it is bound to vfio-pci on a host that offers migration, for
        example after it was assigned to a virtual machine.
      </EmptyState>
    );
  }
  return (
    <ScrollRegion className={styles.scroll} label="VFIO states">
      <DataTable label="VFIO states" sticky columns={columns(fleet)} rows={rows} rowKey={(row) => row.id} />
    </ScrollRegion>
  );
}

function columns(fleet: Fleet): readonly Column<Row>[] {
  return [
    { id: 'controller', title: 'Function', cell: (row) => controllerFullTitle(fleet, row) },
    { id: 'cntlid', title: 'CNTLID', mono: true, cell: (row) => hexadecimalId(row.cntlid) },
    { id: 'pci', title: 'PCI address', mono: true, cell: (row) => row.pciAddress ?? '–' },
    { id: 'group', title: 'IOMMU group', mono: true, cell: (row) => row.iommuGroup ?? '–' },
    { id: 'machine', title: 'Virtual machine', cell: (row) => machineOf(fleet, row)?.name ?? '–' },
    { id: 'state', title: 'State', cell: (row) => <VfioStateText state={row.vfioState} explain /> },
  ];
}
