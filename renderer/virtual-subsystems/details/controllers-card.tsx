import { GripVertical, X } from 'lucide-react';
import type { Controller, Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle, controllerTitle, hexadecimalId, hostTitle } from '#shared/fleet/selectors.ts';
import carryStyles from '../../carry/carry.module.css';
import { hintWords } from '../../carry/carry.ts';
import { useCarryHandle } from '../../carry/carry-handle.ts';
import { useCarry } from '../../carry/carry-store.ts';
import { reveal } from '../../navigation.ts';
import { stage } from '../../procedures/intents.ts';
import { VfioStateText } from '../../trace/vfio-state-text.tsx';
import { type Column, DataTable } from '../../ui/content/data-table.tsx';
import { Card } from '../../ui/content/small.tsx';
import { Button } from '../../ui/controls/button.tsx';
import type { SubsystemGroup } from '../subsystem-groups.ts';
import styles from './details.module.css';
import { dropAttributes, dropOption } from './drop-option.ts';
import { type MemberRow, memberRows } from './member-rows.ts';

/** The members by virtual id, with the controller that has the id on each host. */
export function ControllersCard({
  fleet,
  group,
  readOnly,
}: {
  readonly fleet: Fleet;
  readonly group: SubsystemGroup;
  readonly readOnly: string | null;
}) {
  const carry = useCarry((state) => state.carry);
  // What dropping here would do; null while nothing is carried or this is no target.
  const option = dropOption(carry, group);
  const columns: readonly Column<MemberRow>[] = [
    { id: 'id', title: 'Virtual id', mono: true, cell: (row) => <strong>{row.virtualId}</strong> },
    ...group.instances.map(
      ({ subsystem }, index): Column<MemberRow> => ({
        id: subsystem.id,
        title: hostTitle(fleet, subsystem.hostId),
        mono: true,
        cell: (row) => (
          <MemberCell
            fleet={fleet}
            controller={row.controllers[index] ?? null}
            of={group.name}
            readOnly={readOnly}
          />
        ),
      }),
    ),
    { id: 'machine', title: 'VM', cell: (row) => row.machine?.name ?? '–' },
    {
      id: 'resources',
      title: 'VQ / VI',
      cell: (row) => (row.shown === null ? '–' : `${row.shown.nvq} / ${row.shown.nvi}`),
    },
    {
      id: 'vfio',
      title: 'VFIO',
      cell: (row) =>
        row.isControlling ? (
          <span className="mute">controlling</span>
        ) : (
          <VfioStateText state={row.shown?.vfioState ?? null} />
        ),
    },
  ];
  return (
    <Card label="Controllers" aside={option === null ? 'drop here to add' : hintWords(option)}>
      <div className={styles.scroll} {...dropAttributes(carry, option)}>
        <DataTable
          label="Controllers by virtual id"
          columns={columns}
          rows={memberRows(fleet, group)}
          rowKey={(row) => `${row.isControlling}:${row.virtualId}`}
        />
      </div>
    </Card>
  );
}

/** Drags a member elsewhere; Space does the same by keyboard. */
function MemberGrip({ id, name }: { readonly id: string; readonly name: string }) {
  const handle = useCarryHandle([id]);
  return (
    <Button
      {...handle}
      kind="quiet"
      size="small"
      icon
      className={carryStyles.handle ?? ''}
      aria-label={`Move ${name}`}
      title="Drag it, or press Space"
    >
      <GripVertical size={12} aria-hidden />
    </Button>
  );
}

/** The controller that has the virtual id on one host, with a grip, a way to the topology and a way out. */
function MemberCell({
  fleet,
  controller,
  of,
  readOnly,
}: {
  readonly fleet: Fleet;
  readonly controller: Controller | null;
  /** Name of the virtual subsystem, for the words of its buttons. */
  readonly of: string;
  readonly readOnly: string | null;
}) {
  if (controller === null) return <span className="mute">–</span>;
  const title = controllerTitle(controller);
  const full = controllerFullTitle(fleet, controller);
  return (
    <span className={styles.member}>
      {controller.role === 'secondary' && readOnly === null ? (
        <MemberGrip id={controller.id} name={full} />
      ) : null}
      <Button kind="link" aria-label={`Show ${full} in the topology`} onClick={() => reveal(controller.id)}>
        {title}
      </Button>
      <span className="mute">
        {controller.role === 'primary' ? 'primary ' : ''}
        {hexadecimalId(controller.cntlid)}
      </span>
      {controller.role === 'secondary' ? (
        <Button
          kind="quiet"
          size="small"
          icon
          aria-label={`Remove ${full} from ${of}`}
          title={`Remove ${full} from ${of}…`}
          unavailable={readOnly ?? false}
          onClick={() => stage({ kind: 'remove-from-virtual-subsystem', secondaryIds: [controller.id] })}
        >
          <X size={13} aria-hidden />
        </Button>
      ) : null}
    </span>
  );
}
