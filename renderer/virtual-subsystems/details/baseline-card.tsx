import { useState } from 'react';
import type { Fleet, PrimaryController } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import {
  type BaselineRow,
  baselineMask,
  baselineRows,
  exposedValue,
  intersectMasks,
  readableMembers,
} from '#shared/virtual-subsystem/baseline/baseline.ts';
import {
  joinSuggestions,
  jointSuggestions,
  leaveSuggestions,
} from '#shared/virtual-subsystem/baseline/suggestions.ts';
import { sameMask } from '#shared/virtual-subsystem/mask/exposed-capability.ts';
import { safeHidingMask } from '#shared/virtual-subsystem/mask/hidden-fields.ts';
import { valueWords } from '#shared/virtual-subsystem/mask/value-words.ts';
import { stage } from '../../procedures/intents.ts';
import { type Column, DataTable } from '../../ui/content/data-table.tsx';
import { ScrollRegion } from '../../ui/content/scroll-region.tsx';
import { AsWritten, Card } from '../../ui/content/small.tsx';
import { EmptyState } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { FieldDialog } from '../dialogs/field-dialog.tsx';
import { MembersDialog } from '../dialogs/members-dialog.tsx';
import type { SubsystemGroup } from '../subsystem-groups.ts';
import { chooseMembers, useBaselineMembers } from './baseline-members.ts';
import styles from './details.module.css';

/** Capabilities field by field: what every possible place offers, what all share, and what the guest loses. */
export function BaselineCard({
  fleet,
  group,
  readOnly,
}: {
  readonly fleet: Fleet;
  readonly group: SubsystemGroup;
  readonly readOnly: string | null;
}) {
  // Key of the field whose dialog is open.
  const [editing, setEditing] = useState<string | null>(null);
  const [choosing, setChoosing] = useState(false);
  const members = useBaselineMembers(fleet, group);
  const readable = readableMembers(members) as readonly PrimaryController[];
  const rows = baselineRows(readable);
  const edited = rows.find(({ field }) => field.key === editing);
  const ids = group.instances.map(({ subsystem }) => subsystem.id);
  const current = group.instances[0]?.subsystem.exposed ?? [];
  // Even the widest baseline hides what no guest may see.
  const baseline = intersectMasks(baselineMask(rows), safeHidingMask());
  // On every host: a guest must read the same after a move.
  const isApplied = group.instances.every(({ subsystem }) => sameMask(subsystem.exposed, baseline));
  const titles = readable.map((member) => controllerFullTitle(fleet, member));
  const columns: readonly Column<BaselineRow>[] = [
    {
      id: 'field',
      title: 'Field',
      cell: ({ field }) => (
        <Button
          kind="link"
          title={`${field.title} · ${field.clause}`}
          unavailable={readOnly ?? false}
          onClick={() => setEditing(field.key)}
        >
          {field.mnemonic}
        </Button>
      ),
    },
    ...readable.map(
      (member, index): Column<BaselineRow> => ({
        id: member.id,
        title: titles[index] ?? member.id,
        mono: true,
        cell: ({ field, values }) => valueWords(field, values[index] ?? 0),
      }),
    ),
    {
      id: 'baseline',
      title: 'Baseline',
      mono: true,
      cell: ({ field, common }) => <strong>{valueWords(field, common)}</strong>,
    },
    {
      id: 'exposed',
      title: 'Exposed now',
      mono: true,
      cell: ({ field, values }) =>
        valueWords(field, exposedValue(field, current, ((values[0] ?? 0) & ~field.never) >>> 0)),
    },
    {
      id: 'lost',
      title: 'The guest loses',
      cell: ({ lost }) => <span className="mute">{lost.join(' · ')}</span>,
    },
  ];
  return (
    <Card
      label={
        <>
          Exposed capabilities · baseline of <AsWritten>{titles.join(', ') || 'nothing'}</AsWritten>
        </>
      }
      aside={
        <Button kind="link" onClick={() => setChoosing(true)}>
          Change members
        </Button>
      }
    >
      {rows.length === 0 ? (
        <EmptyState title="No member to compare">Choose the primary controllers of this baseline.</EmptyState>
      ) : (
        <ScrollRegion className={styles.baseline} label="Capabilities field by field">
          <DataTable
            label="Baseline"
            sticky
            columns={columns}
            rows={rows.filter(isOffered)}
            rowKey={({ field }) => field.key}
          />
        </ScrollRegion>
      )}
      <SuggestionLines fleet={fleet} members={readable} nqn={group.nqn} />
      <div className={styles.cardActions}>
        <Button
          kind="primary"
          unavailable={
            readOnly ??
            (rows.length === 0
              ? 'Choose members first.'
              : isApplied
                ? 'The baseline is already applied.'
                : false)
          }
          onClick={() =>
            stage({ kind: 'set-exposed-capabilities', virtualSubsystemIds: ids, exposed: baseline })
          }
        >
          Apply baseline…
        </Button>
        <Button
          unavailable={readOnly ?? (current.length === 0 ? 'Everything is already exposed.' : false)}
          onClick={() => stage({ kind: 'set-exposed-capabilities', virtualSubsystemIds: ids, exposed: [] })}
        >
          Expose everything…
        </Button>
        {current.length === 0 ? (
          <span className="mute">No field is narrowed.</span>
        ) : (
          <span className="mute">
            {current.length === 1 ? '1 field is narrowed.' : `${current.length} fields are narrowed.`}
          </span>
        )}
      </div>
      {edited === undefined ? null : (
        <FieldDialog
          fleet={fleet}
          group={group}
          row={edited}
          members={readable}
          onClose={() => setEditing(null)}
        />
      )}
      {choosing ? (
        <MembersDialog
          fleet={fleet}
          chosen={members.map(({ id }) => id)}
          onClose={() => setChoosing(false)}
          onChoose={(primaryIds) => chooseMembers(group.nqn, primaryIds)}
        />
      ) : null}
    </Card>
  );
}

/** Log pages, features and formats that no member has would fill the table with zeroes. */
function isOffered({ field, values }: BaselineRow): boolean {
  return field.structure === 'identify-controller' || values.some((value) => value !== 0);
}

/** What one host fewer would give back, and what one host more would cost. */
function SuggestionLines({
  fleet,
  members,
  nqn,
}: {
  readonly fleet: Fleet;
  readonly members: readonly PrimaryController[];
  readonly nqn: string;
}) {
  const ids = members.map(({ id }) => id);
  const leaving = leaveSuggestions(members);
  const joining = joinSuggestions(fleet, members).slice(0, 4);
  const together = jointSuggestions(fleet, members).slice(0, 3);
  if (leaving.length + joining.length === 0) return null;
  return (
    <ul className={styles.suggestions} aria-label="Suggestions">
      {leaving.map(({ primary, words }) => (
        <li key={`leave ${primary.id}`}>
          Dropping <strong>{controllerFullTitle(fleet, primary)}</strong> from the baseline would give back{' '}
          {words.join(', ')}.{' '}
          <Button
            kind="link"
            onClick={() =>
              chooseMembers(
                nqn,
                ids.filter((id) => id !== primary.id),
              )
            }
          >
            Drop {controllerFullTitle(fleet, primary)}
          </Button>
        </li>
      ))}
      {joining.map(({ primary, words, obstacles }) => (
        <li key={`join ${primary.id}`}>
          {obstacles.length > 0 ? (
            <>
              <strong>{controllerFullTitle(fleet, primary)}</strong> cannot become eligible by narrowing:{' '}
              {obstacles.join(', ')}.
            </>
          ) : (
            <>
              Adding <strong>{controllerFullTitle(fleet, primary)}</strong>{' '}
              {words.length === 0 ? 'costs nothing' : `costs ${words.join(', ')}`}.{' '}
              <Button kind="link" onClick={() => chooseMembers(nqn, [...ids, primary.id])}>
                Add {controllerFullTitle(fleet, primary)}
              </Button>
            </>
          )}
        </li>
      ))}
      {together.map(({ primaries, words }) => (
        <li key={`together ${primaries.length}`}>
          For {primaries.length} more, the least costly are{' '}
          <strong>{primaries.map((primary) => controllerFullTitle(fleet, primary)).join(', ')}</strong>:{' '}
          {words.length === 0 ? 'nothing is lost' : words.join(', ')}.{' '}
          <Button kind="link" onClick={() => chooseMembers(nqn, [...ids, ...primaries.map(({ id }) => id)])}>
            Add these {primaries.length}
          </Button>
        </li>
      ))}
    </ul>
  );
}
