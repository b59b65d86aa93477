import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import { canAssign } from '#shared/fleet/rules/assignment.ts';
import type { Fleet, PrimaryController, VirtualSubsystem } from '#shared/fleet/schema.ts';
import {
  controllerFullTitle,
  controllerTitle,
  findPrimary,
  isUnassigned,
  secondariesOf,
} from '#shared/fleet/selectors.ts';
import type { SecondaryRelease } from '#shared/virtual-subsystem/life-cycle/journal.ts';
import { useCarry } from '../../carry/carry-store.ts';
import { propose } from '../../procedures/intents.ts';
import { Card } from '../../ui/content/small.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { announce } from '../../ui/overlays/announcer.tsx';
import type { SubsystemGroup } from '../subsystem-groups.ts';
import styles from './details.module.css';
import { FreeChip, releaseWords } from './free-chip.tsx';
import { extendTo, type FreeSelection, nothingSelected, stillThere, toggleChip } from './free-selection.ts';

/** A primary can have more than a hundred free ones; nobody looks through them here. */
const shownAtFirst = 16;

/** The free secondaries of the controlling functions: drag one or several in, or drop a member here to take it out. */
export function FreeCard({
  fleet,
  group,
  releases,
  readOnly,
}: {
  readonly fleet: Fleet;
  readonly group: SubsystemGroup;
  /** What migrations gave back. */
  readonly releases: readonly SecondaryRelease[];
  readonly readOnly: string | null;
}) {
  const chosen = useCarry(({ carry }) => carry.mode !== 'idle' && carry.chosen === 'pool');
  return (
    <div data-target="pool">
      <Card
        label="Free secondary controllers · drop a member here to free it"
        className={chosen ? styles.dropHere : undefined}
      >
        {group.instances.map(({ subsystem }) => {
          const primary = findPrimary(fleet, subsystem.primaryId);
          return primary === undefined ? null : (
            <FreeRow key={subsystem.id} {...{ fleet, subsystem, primary, releases, readOnly }} />
          );
        })}
        <p className={styles.hint}>
          Click one to add it. Ctrl+click and Shift+click select several; by keyboard: Ctrl+Space and
          Shift+arrow keys to select, Space to pick up, Enter to add. New virtual ids continue from the
          highest one; gaps are filled only when no higher id is left.
        </p>
      </Card>
    </div>
  );
}

/** The free secondaries of one primary: of one instance of the virtual subsystem. */
function FreeRow({
  fleet,
  subsystem,
  primary,
  releases,
  readOnly,
}: {
  readonly fleet: Fleet;
  readonly subsystem: VirtualSubsystem;
  readonly primary: PrimaryController;
  readonly releases: readonly SecondaryRelease[];
  readonly readOnly: string | null;
}) {
  const [all, setAll] = useState(false);
  const [kept, setKept] = useState<FreeSelection>(nothingSelected);
  const released = new Map(releases.map((release) => [release.secondaryId, release]));
  // What a migration has just given back stands first: it is what one looks for.
  const free = secondariesOf(fleet, primary)
    .filter(isUnassigned)
    .sort((left, right) => Number(released.has(right.id)) - Number(released.has(left.id)));
  const shown = all ? free : free.slice(0, shownAtFirst);
  const ids = shown.map(({ id }) => id);
  const selection = stillThere(kept, ids);
  const target = { kind: 'virtual-subsystem', virtualSubsystemId: subsystem.id } as const;
  const verdict = selection.ids.length === 0 ? null : canAssign(fleet, selection.ids, target);
  // The verdict is also said: it stands below the chips, where the focus is not.
  const change = (next: FreeSelection) => {
    setKept(next);
    const would = next.ids.length === 0 ? null : canAssign(fleet, next.ids, target);
    const words = would === null ? '' : would.allowed ? would.words : would.reasons.join(' ');
    announce(`${next.ids.length} selected. ${words}`);
  };
  // To review, or at once where the person chose so; the selection has served its purpose.
  const add = (secondaryIds: readonly string[]) => {
    setKept(nothingSelected);
    propose({ kind: 'assign', secondaryIds: [...secondaryIds], target });
  };
  return (
    <div className={styles.freeRow}>
      <span className="mute">{controllerFullTitle(fleet, primary)}</span>
      {shown.map((secondary, index) => {
        const { id } = secondary;
        const isChosen = selection.ids.includes(id);
        return (
          <FreeChip
            key={id}
            {...{ fleet, secondary, readOnly, isChosen }}
            carried={isChosen ? selection.ids : [id]}
            release={released.get(id) ?? null}
            onAdd={() => add(isChosen ? selection.ids : [id])}
            onToggle={() => change(toggleChip(selection, id, ids))}
            onExtend={() => change(extendTo(selection, id, ids))}
            onExtendBy={(by) => {
              const next = ids[index + by];
              const from = selection.anchor === null ? { ...selection, anchor: id } : selection;
              if (next !== undefined) change(extendTo(from, next, ids));
            }}
            onSelectAll={() => change({ ids, anchor: ids[0] ?? null })}
            onClear={() => change(nothingSelected)}
          />
        );
      })}
      {free.length > shownAtFirst ? (
        <Button kind="link" onClick={() => setAll(!all)}>
          {all ? 'fewer' : `${free.length - shownAtFirst} more`}
        </Button>
      ) : null}
      {free.length === 0 ? <span className="mute">none free</span> : null}
      {shown.flatMap((secondary) => {
        const release = released.get(secondary.id);
        return release === undefined
          ? []
          : [
              <span key={secondary.id} className={styles.releaseLine}>
                {controllerTitle(secondary)}: {releaseWords(release)}
              </span>,
            ];
      })}
      {verdict === null ? null : (
        <span className={styles.selectionBar}>
          <Button
            size="small"
            kind="primary"
            unavailable={readOnly ?? (verdict.allowed ? false : verdict.reasons.join(' '))}
            onClick={() => add(selection.ids)}
          >
            Add {countWords(selection.ids.length, 'controller')}…
          </Button>
          <Button size="small" kind="quiet" onClick={() => change(nothingSelected)}>
            Clear the selection
          </Button>
          <span className={verdict.allowed ? 'mute' : styles.leakWord}>
            {verdict.allowed ? verdict.words : verdict.reasons.join(' ')}
          </span>
        </span>
      )}
    </div>
  );
}
