import { useMemo, useState } from 'react';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import type { GuestField } from '#shared/ipc/contract.ts';
import { useRequest } from '../bridge/use-request.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Select } from '../ui/form.tsx';
import { formatHex } from '../ui/format.ts';
import { Card } from '../ui/small.tsx';
import { EmptyState, ErrorNotice, LoadingState } from '../ui/states.tsx';
import { HexView } from './hex-view.tsx';
import styles from './virtual-subsystems.module.css';

/** Identify Controller as the guest of a member gets it now, beside what the physical controller answers. */
export function GuestCard({
  fleet,
  members,
}: {
  readonly fleet: Fleet;
  readonly members: readonly SecondaryController[];
}) {
  const [chosen, setChosen] = useState<string | null>(null);
  const revision = useFleetMirror((mirror) => mirror.revision);
  const member = members.find((one) => one.id === chosen) ?? members.find((one) => one.online) ?? members[0];
  const { value, error, reload } = useRequest(
    'guest:view',
    member === undefined ? null : { controllerId: member.id },
    revision,
  );
  if (member === undefined) {
    return (
      <Card label="Guest view">
        <EmptyState title="No member yet">
          Add a secondary controller to see what its guest would read.
        </EmptyState>
      </Card>
    );
  }
  const differing = value?.fields.filter((field) => field.differs).length ?? 0;
  return (
    <Card
      label="Guest view · Identify Controller"
      aside={
        value === null ? undefined : `${differing} of ${value.fields.length} fields differ from the drive`
      }
    >
      <div className={styles.guestTools}>
        <Select
          label="Member"
          value={member.id}
          options={members.map((one) => ({
            value: one.id,
            label: `${one.virtualControllerId} · ${controllerFullTitle(fleet, one)}`,
          }))}
          onChange={setChosen}
        />
        <span className="mute">
          What differs stands first. The guest asks the same question over its own admin queue.
        </span>
      </div>
      {error === null ? null : (
        <div className={styles.inset}>
          <ErrorNotice error={error} title="The guest's answer could not be read" onRetry={reload} />
        </div>
      )}
      {value === null && error === null ? <LoadingState>Asking the controller…</LoadingState> : null}
      {value === null ? null : (
        <div className={styles.guest}>
          <Fields fields={value.fields} />
          <HexView bytes={value.bytes} fields={value.fields} />
        </div>
      )}
    </Card>
  );
}

function Fields({ fields }: { readonly fields: readonly GuestField[] }) {
  const rows = useMemo(() => [...fields].sort((a, b) => Number(b.differs) - Number(a.differs)), [fields]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section className={styles.fields} tabIndex={0} aria-label="Fields of Identify Controller">
      <DataTable label="Guest view" sticky columns={fieldColumns} rows={rows} rowKey={(field) => field.key} />
    </section>
  );
}

const fieldColumns: readonly Column<GuestField>[] = [
  {
    id: 'field',
    title: 'Field',
    width: '24%',
    cell: (field) => (
      <span
        title={`${field.title} · ${field.clause} · bytes ${field.offset}–${field.offset + field.size - 1}`}
      >
        {field.title}
      </span>
    ),
  },
  {
    id: 'offset',
    title: 'Byte',
    width: 58,
    mono: true,
    cell: (field) => <span className="mute">{formatHex(field.offset, 3)}</span>,
  },
  {
    id: 'kind',
    title: 'Answer',
    width: 66,
    cell: (field) =>
      field.differs ? (
        <span className={styles.virtualWord}>differs</span>
      ) : (
        <span className="mute">same</span>
      ),
  },
  {
    id: 'guest',
    title: 'The guest reads',
    mono: true,
    cell: (field) => (field.differs ? <span className={styles.virtual}>{field.guest}</span> : field.guest),
  },
  {
    id: 'physical',
    title: 'The drive answers',
    mono: true,
    cell: (field) => <span className="mute">{field.physical}</span>,
  },
];
