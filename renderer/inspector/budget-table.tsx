import type { Fleet, PrimaryController } from '#shared/fleet/schema.ts';
import { freeResources, virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import { budgetParts } from '../topology/budget-parts.ts';
import { DataTable } from '../ui/content/data-table.tsx';
import { SectionLabel } from '../ui/content/small.tsx';
import styles from './inspector.module.css';

/** Where the flexible resources of a primary are, in numbers. */
export function BudgetTable({
  fleet,
  primary,
}: {
  readonly fleet: Fleet;
  readonly primary: PrimaryController;
}) {
  if (!primary.vq.supported && !primary.vi.supported) return null;
  // By holder: VQ and VI of the same holder stand in one row.
  const rows = new Map<string, { what: string; vq: number; vi: number }>();
  for (const resource of ['vq', 'vi'] as const) {
    for (const part of budgetParts(fleet, primary, resource)) {
      const what = {
        private: 'Private to the primary',
        primary: 'Allocated to the primary',
        other: 'Other secondaries',
        'virtual-subsystem': virtualSubsystemTitle(part),
      }[part.kind];
      const row = rows.get(what) ?? { what, vq: 0, vi: 0 };
      rows.set(what, { ...row, [resource]: part.count });
    }
  }
  const free = { what: 'Free', vq: freeResources(primary, 'vq'), vi: freeResources(primary, 'vi') };
  return (
    <>
      <div className={styles.section}>
        <SectionLabel>Flexible resources</SectionLabel>
      </div>
      <DataTable
        label="Flexible resources"
        rows={[...rows.values(), free]}
        rowKey={(row) => row.what}
        columns={[
          { id: 'what', title: 'Held by', cell: (row) => row.what },
          { id: 'vq', title: 'VQ', cell: (row) => row.vq, align: 'right' },
          { id: 'vi', title: 'VI', cell: (row) => row.vi, align: 'right' },
        ]}
      />
    </>
  );
}
