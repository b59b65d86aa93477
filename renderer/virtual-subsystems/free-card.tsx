import { GripVertical } from 'lucide-react';
import { useState } from 'react';
import type { Fleet, SecondaryController, VirtualSubsystem } from '#shared/fleet/schema.ts';
import {
  controllerFullTitle,
  controllerTitle,
  findPrimary,
  isUnassigned,
  secondariesOf,
} from '#shared/fleet/selectors.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { useCarry } from '../assignment/carry-store.ts';
import { propose } from '../assignment/intents.ts';
import { useRuns } from '../fleet-mirror/runs-store.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/small.tsx';
import { useCarryHandle } from './carry-handle.ts';
import type { SubsystemGroup } from './subsystem-groups.ts';
import styles from './virtual-subsystems.module.css';

const shownAtFirst = 16;

/** The free secondaries of the controlling functions: drag one in, or drop a member here to take it out. */
export function FreeCard({
  fleet,
  group,
  readOnly,
}: {
  readonly fleet: Fleet;
  readonly group: SubsystemGroup;
  readonly readOnly: string | null;
}) {
  const chosen = useCarry(({ carry }) => carry.mode !== 'idle' && carry.chosen === 'pool');
  return (
    <div data-target="pool">
      <Card
        label="Free secondary controllers · drag one to a virtual subsystem, drop a member here to free it"
        className={chosen ? styles.dropHere : undefined}
      >
        {group.instances.map(({ subsystem }) => (
          <FreeRow key={subsystem.id} fleet={fleet} subsystem={subsystem} readOnly={readOnly} />
        ))}
      </Card>
    </div>
  );
}

function FreeRow({
  fleet,
  subsystem,
  readOnly,
}: {
  readonly fleet: Fleet;
  readonly subsystem: VirtualSubsystem;
  readonly readOnly: string | null;
}) {
  const [all, setAll] = useState(false);
  const runs = useRuns((state) => state.runs);
  const primary = findPrimary(fleet, subsystem.primaryId);
  if (primary === undefined) return null;
  const released = releasedBy(runs);
  // What a migration has just given back stands first: it is what one looks for.
  const free = secondariesOf(fleet, primary)
    .filter(isUnassigned)
    .sort((left, right) => Number(released.has(right.id)) - Number(released.has(left.id)));
  return (
    <div className={styles.freeRow}>
      <span className="mute">{controllerFullTitle(fleet, primary)}</span>
      {(all ? free : free.slice(0, shownAtFirst)).map((secondary) => (
        <FreeChip
          key={secondary.id}
          fleet={fleet}
          secondary={secondary}
          subsystem={subsystem}
          leftBy={released.get(secondary.id) ?? null}
          readOnly={readOnly}
        />
      ))}
      {free.length > shownAtFirst ? (
        <Button kind="link" onClick={() => setAll(!all)}>
          {all ? 'fewer' : `${free.length - shownAtFirst} more`}
        </Button>
      ) : null}
      {free.length === 0 ? <span className="mute">none is free</span> : null}
    </div>
  );
}

function FreeChip({
  fleet,
  secondary,
  subsystem,
  leftBy,
  readOnly,
}: {
  readonly fleet: Fleet;
  readonly secondary: SecondaryController;
  readonly subsystem: VirtualSubsystem;
  /** Virtual machine that a migration took away from it; null when none did. */
  readonly leftBy: string | null;
  readonly readOnly: string | null;
}) {
  const handle = useCarryHandle([secondary.id]);
  const target = { kind: 'virtual-subsystem', virtualSubsystemId: subsystem.id } as const;
  return (
    <Button
      {...handle}
      size="small"
      unavailable={readOnly ?? false}
      className={styles.handle ?? ''}
      aria-label={`Add ${controllerFullTitle(fleet, secondary)}`}
      title={`${leftBy === null ? '' : `Reusable since ${leftBy} migrated away. `}Enter or click adds it, Space picks it up, drag carries it`}
      onClick={() => propose({ kind: 'assign', secondaryIds: [secondary.id], target })}
    >
      <GripVertical size={12} aria-hidden /> {controllerTitle(secondary)}
      {leftBy === null ? null : <span className={styles.virtualWord}>reusable</span>}
    </Button>
  );
}

/** Source secondaries of migrations that ended well, with the virtual machine that left them. */
function releasedBy(runs: Readonly<Record<string, ProcedureRun>>): ReadonlyMap<string, string> {
  return new Map(
    Object.values(runs)
      .filter((run) => run.status === 'done')
      .flatMap(({ migration }) =>
        (migration?.devices ?? []).map(
          ({ sourceId }) => [sourceId, migration?.virtualMachineName ?? ''] as const,
        ),
      ),
  );
}
