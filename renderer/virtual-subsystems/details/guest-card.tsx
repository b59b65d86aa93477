import { useMemo, useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import type { GuestField, GuestStructureName } from '#shared/ipc/contract.ts';
import { useRequest } from '../../bridge/use-request.ts';
import { type Column, DataTable } from '../../ui/content/data-table.tsx';
import { ScrollRegion } from '../../ui/content/scroll-region.tsx';
import { Card } from '../../ui/content/small.tsx';
import { EmptyState, ErrorNotice, LoadingState } from '../../ui/content/states.tsx';
import { Select } from '../../ui/controls/form.tsx';
import { formatHex } from '../../ui/format.ts';
import type { SubsystemGroup } from '../subsystem-groups.ts';
import { answersVersion, useBaselineMembers } from './baseline-members.ts';
import { basisWords } from './basis-words.ts';
import styles from './details.module.css';
import { HexView } from './hex-view.tsx';

const structureTitles: Readonly<Record<GuestStructureName, string>> = {
  'identify-controller': 'Identify Controller',
  properties: 'Controller properties',
  configuration: 'PCI configuration space',
};
const structureOptions = (Object.keys(structureTitles) as GuestStructureName[]).map((value) => ({
  value,
  label: structureTitles[value],
}));

/** Stands for the drive's own answer among the primaries to compare with. */
const drive = 'drive';

/** What the guest of a member reads now, structure by structure, beside what the physical controller answers. */
export function GuestCard({
  fleet,
  group,
  members,
}: {
  readonly fleet: Fleet;
  readonly group: SubsystemGroup;
  readonly members: readonly SecondaryController[];
}) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [beside, setBeside] = useState(drive);
  const [structure, setStructure] = useState<GuestStructureName>('identify-controller');
  const places = useBaselineMembers(fleet, group);
  const primaryIds = places.map(({ id }) => id);
  // The chosen one; otherwise one that answers.
  const member = members.find((one) => one.id === chosen) ?? members.find((one) => one.online) ?? members[0];
  const { value, error, reload } = useRequest(
    'guest:view',
    member === undefined ? null : { controllerId: member.id, primaryIds, structure },
    answersVersion(fleet, group, member, places),
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
  // Undefined: compared with the drive itself.
  const there = value?.underOtherPrimaries.find(({ primaryId }) => primaryId === beside);
  const fields = there?.fields ?? value?.fields ?? [];
  const differing = fields.filter((field) => field.differs).length;
  return (
    <Card
      label={`Guest view · ${structureTitles[structure]}`}
      aside={
        value === null
          ? undefined
          : `${differing} of ${fields.length} fields differ from ${there?.title ?? 'the drive'}`
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
        <Select label="Structure" value={structure} options={structureOptions} onChange={setStructure} />
        <Select
          label="Compare with"
          value={there === undefined ? drive : beside}
          options={[
            { value: drive, label: "The drive's own answer" },
            ...(value?.underOtherPrimaries ?? []).map(({ primaryId, title, identical }) => ({
              value: primaryId,
              label: title,
              note: identical ? 'identical' : 'differs',
            })),
          ]}
          onChange={setBeside}
        />
        <span className="mute">
          Differences come first.{' '}
          {structure === 'identify-controller'
            ? 'The guest asks the same question over its own admin queue.'
            : 'The guest reads the same bytes of its function (simulated hosts only).'}
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
          <Fields title={structureTitles[structure]} fields={fields} comparedWith={there?.title ?? null} />
          <HexView
            title={structureTitles[structure]}
            bytes={value.bytes}
            fields={fields}
            comparedWith={there?.title ?? null}
          />
        </div>
      )}
      {there === undefined ? null : (
        <p className={styles.cardActions} role="status">
          {there.identical
            ? `The guest would read the same ${structure === 'configuration' ? '256' : '4,096'} bytes under ${there.title}.`
            : `Under ${there.title} the guest would read ${countWords(differing, 'field')} differently.`}{' '}
          <span className="mute">Basis: {basisWords[there.basis]}.</span>
        </p>
      )}
    </Card>
  );
}

function Fields({
  title,
  fields,
  comparedWith,
}: {
  readonly title: string;
  readonly fields: readonly GuestField[];
  /** Title of the primary controller that is compared with; null for the drive itself. */
  readonly comparedWith: string | null;
}) {
  const rows = useMemo(() => [...fields].sort((a, b) => Number(b.differs) - Number(a.differs)), [fields]);
  return (
    <ScrollRegion className={styles.fields} label={`Fields of ${title}`}>
      <DataTable
        label="Guest view"
        sticky
        columns={fieldColumns(comparedWith)}
        rows={rows}
        rowKey={(field) => field.key}
      />
    </ScrollRegion>
  );
}

/** `comparedWith`: title of the primary controller that is compared with; null for the drive itself. */
const fieldColumns = (comparedWith: string | null): readonly Column<GuestField>[] => [
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
    title: comparedWith === null ? 'The drive answers' : `Under ${comparedWith}`,
    mono: true,
    cell: (field) => <span className="mute">{field.physical}</span>,
  },
];
