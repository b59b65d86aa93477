import { Boxes } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { CarryOverlay } from '../carry/carry-overlay.tsx';
import { useDrafts } from '../fleet-mirror/drafts-store.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useRuns } from '../fleet-mirror/runs-store.ts';
import { useNavigation } from '../navigation.ts';
import { SideListFrame, SideListScreen } from '../ui/content/side-list.tsx';
import { EmptyState, ErrorPane, LoadingState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { ownerTints } from '../ui/owner-tint.ts';
import { chooseEntry, entryKey, useChosenSubsystem } from './chosen-subsystem.ts';
import { CreateDialog } from './create/create-dialog.tsx';
import { DeletedDetails } from './details/deleted-details.tsx';
import { DraftDetails } from './details/draft-details.tsx';
import { SubsystemDetails } from './details/subsystem-details.tsx';
import { type EntrySubject, listEntries, listSections } from './list/list-entries.ts';
import { SubsystemList } from './list/subsystem-list.tsx';
import { ProposalLabel } from './proposal-label.tsx';
import { ProvisionDialog } from './provision/provision-dialog.tsx';
import { groupSubsystems } from './subsystem-groups.ts';
import { type SubsystemJournal, useSubsystemJournal } from './use-journal.ts';
import styles from './virtual-subsystems.module.css';

/** All virtual subsystems of the fleet, whichever host they are on. */
export function VirtualSubsystemsScreen() {
  const { fleet, error } = useFleetMirror();
  if (fleet === null && error !== null) {
    return <ErrorPane error={error} title="The fleet could not be read" />;
  }
  if (fleet === null) return <LoadingState>Reading the fleet…</LoadingState>;
  return <Loaded fleet={fleet} />;
}

function Loaded({ fleet }: { readonly fleet: Fleet }) {
  const runs = useRuns((state) => state.runs);
  const key = useChosenSubsystem((state) => state.key);
  const drafts = useDrafts((state) => state.drafts);
  const journal = useSubsystemJournal();
  const [provisioning, setProvisioning] = useState(false);
  const [creating, setCreating] = useState(false);
  const groups = useMemo(() => groupSubsystems(fleet, Object.values(runs)), [fleet, runs]);
  const tints = useMemo(
    () => ownerTints(Object.values(fleet.virtualSubsystems).map((subsystem) => subsystem.nqn)),
    [fleet.virtualSubsystems],
  );
  const entries = listEntries(fleet, groups, drafts, journal.deletions);
  // What was chosen may be gone; then the first of the list shows.
  const chosen =
    entries.find((entry) => entry.key === key) ??
    listSections(entries, { text: '', state: 'any', order: 'name', byHost: false })[0]?.entries[0];
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
    <SideListScreen>
      <SideListFrame label="Virtual subsystems" title="Virtual subsystems" aside={groups.length} scrolls>
        {chosen === undefined ? null : (
          <SubsystemList entries={entries} tints={tints} chosenKey={chosen.key} />
        )}
        {chosen === undefined ? null : newButton}
        <Button unavailable={readOnly ?? false} onClick={() => setProvisioning(true)}>
          Provision functions…
        </Button>
        <ProposalLabel />
        <p className={styles.note}>
          Berth implements virtual subsystems with documented vendor-specific commands. A guest sees the
          virtual identity and keeps it when it moves.
        </p>
      </SideListFrame>
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
        <Chosen key={chosen.key} fleet={fleet} subject={chosen.subject} journal={journal} />
      )}
      <CarryOverlay fleet={fleet} />
      {provisioning ? <ProvisionDialog fleet={fleet} onClose={() => setProvisioning(false)} /> : null}
      {creating ? (
        <CreateDialog
          onClose={() => setCreating(false)}
          onReview={(nqn) => chooseEntry(entryKey.existing(nqn))}
          onSaved={(draft) => chooseEntry(entryKey.draft(draft.id))}
        />
      ) : null}
    </SideListScreen>
  );
}

function Chosen({
  fleet,
  subject,
  journal,
}: {
  readonly fleet: Fleet;
  readonly subject: EntrySubject;
  readonly journal: SubsystemJournal;
}) {
  switch (subject.kind) {
    case 'existing':
      return <SubsystemDetails fleet={fleet} group={subject.group} journal={journal} />;
    case 'draft':
      return <DraftDetails fleet={fleet} draft={subject.draft} />;
    case 'deleted':
      return <DeletedDetails fleet={fleet} deletion={subject.deletion} />;
  }
}
