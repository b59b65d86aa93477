import { Boxes } from 'lucide-react';
import { useMemo, useState } from 'react';
import { create } from 'zustand';
import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import { useNavigation } from '../app/navigation.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useRuns } from '../fleet-mirror/runs-store.ts';
import { Button } from '../ui/button.tsx';
import { formatCount } from '../ui/format.ts';
import { ownerTints } from '../ui/owner-tint.ts';
import { SectionLabel } from '../ui/small.tsx';
import { EmptyState, ErrorNotice, LoadingState } from '../ui/states.tsx';
import { CreateDialog } from './create-dialog.tsx';
import { ProposalLabel } from './proposal-label.tsx';
import { SubsystemDetails } from './subsystem-details.tsx';
import { groupSubsystems, type SubsystemGroup } from './subsystem-groups.ts';
import styles from './virtual-subsystems.module.css';

/** Virtual NQN of what is shown; kept while another screen shows. */
const useChosen = create<{ readonly nqn: string | null }>(() => ({ nqn: null }));

/** All virtual subsystems of the fleet, whichever host they are on. */
export function VirtualSubsystemsScreen() {
  const { fleet, error } = useFleetMirror();
  if (fleet === null && error !== null) {
    return (
      <div className={styles.message}>
        <ErrorNotice error={error} title="The fleet could not be read" />
      </div>
    );
  }
  if (fleet === null) return <LoadingState>Reading the fleet…</LoadingState>;
  return <Loaded fleet={fleet} />;
}

function Loaded({ fleet }: { readonly fleet: Fleet }) {
  const runs = useRuns((state) => state.runs);
  const nqn = useChosen((state) => state.nqn);
  const [creating, setCreating] = useState(false);
  const groups = useMemo(() => groupSubsystems(fleet, Object.values(runs)), [fleet, runs]);
  const tints = useMemo(
    () => ownerTints(Object.values(fleet.virtualSubsystems).map((subsystem) => subsystem.nqn)),
    [fleet.virtualSubsystems],
  );
  const chosen = groups.find((group) => group.nqn === nqn) ?? groups[0];
  const { readOnly } = fleet.source;
  const newButton = (
    <Button
      kind={chosen === undefined ? 'primary' : 'normal'}
      unavailable={readOnly ?? false}
      onClick={() => setCreating(true)}
    >
      New virtual subsystem…
    </Button>
  );
  return (
    <div className={styles.screen}>
      <nav className={styles.list} aria-label="Virtual subsystems">
        <SectionLabel aside={groups.length}>
          <h1 className={styles.listTitle}>Virtual subsystems</h1>
        </SectionLabel>
        <ul className={styles.items}>
          {groups.map((group) => (
            <li key={group.nqn}>
              <Item
                fleet={fleet}
                group={group}
                tint={tints.get(group.nqn) ?? 1}
                chosen={group.nqn === chosen?.nqn}
              />
            </li>
          ))}
        </ul>
        {chosen === undefined ? null : newButton}
        <ProposalLabel />
        <p className={styles.note}>
          Berth implements virtual subsystems with documented vendor-specific commands. A guest sees the
          virtual identity and keeps it when it moves.
        </p>
      </nav>
      {chosen === undefined ? (
        <EmptyState
          icon={Boxes}
          title="No virtual subsystem yet"
          actions={
            <>
              {newButton}
              {readOnly === null ? null : (
                <Button onClick={() => useNavigation.setState({ openDialog: true })}>
                  Open another source…
                </Button>
              )}
            </>
          }
        >
          A virtual subsystem gives secondary controllers an identity of their own, so that a guest sees the
          same drive on every host.
          {readOnly === null ? null : <p>{readOnly}</p>}
        </EmptyState>
      ) : (
        <SubsystemDetails key={chosen.nqn} fleet={fleet} group={chosen} />
      )}
      {creating ? (
        <CreateDialog
          onClose={() => setCreating(false)}
          onReview={(made) => useChosen.setState({ nqn: made })}
        />
      ) : null}
    </div>
  );
}

function Item({
  fleet,
  group,
  tint,
  chosen,
}: {
  readonly fleet: Fleet;
  readonly group: SubsystemGroup;
  readonly tint: number;
  readonly chosen: boolean;
}) {
  const hosts = group.instances.map(({ subsystem }) => hostTitle(fleet, subsystem.hostId)).join(', ');
  return (
    <button
      type="button"
      className={styles.item}
      style={{ borderLeftColor: `var(--vs${tint})` }}
      aria-current={chosen ? 'true' : undefined}
      onClick={() => useChosen.setState({ nqn: group.nqn })}
    >
      <span className={styles.itemTitle}>{group.name}</span>
      <span className={styles.itemMeta}>
        {formatCount(group.memberCount, 'controller')} · {hosts}
      </span>
      <span className={styles.itemNqn}>{group.nqn}</span>
    </button>
  );
}
