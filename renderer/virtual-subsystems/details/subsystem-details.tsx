import { IdCard, ListOrdered, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet, VirtualSubsystem } from '#shared/fleet/schema.ts';
import { findSecondary, hostTitle } from '#shared/fleet/selectors.ts';
import { pciWords } from '#shared/virtual-subsystem/identity/identity-wire.ts';
import { subsystemProblems } from '#shared/virtual-subsystem/subsystem-problems.ts';
import { ReadOnlyBanner } from '../../open/read-only-banner.tsx';
import { stage } from '../../procedures/intents.ts';
import { DetailsHead } from '../../ui/content/details-head.tsx';
import { Banner, ErrorNotice } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { CopyButton } from '../../ui/controls/copy-button.tsx';
import { Menu } from '../../ui/overlays/menu.tsx';
import { AddDialog } from '../dialogs/add-dialog.tsx';
import { IdentityDialog } from '../dialogs/identity-dialog.tsx';
import { RenumberDialog } from '../dialogs/renumber-dialog.tsx';
import { LifeCycleTag } from '../life-cycle-tag.tsx';
import type { SubsystemGroup } from '../subsystem-groups.ts';
import type { SubsystemJournal } from '../use-journal.ts';
import { BaselineCard } from './baseline-card.tsx';
import { ControllersCard } from './controllers-card.tsx';
import styles from './details.module.css';
import { FreeCard } from './free-card.tsx';
import { GuestCard } from './guest-card.tsx';
import { LeakCard } from './leak-card.tsx';
import { RemainsCard } from './remains-card.tsx';

/** One virtual subsystem over all hosts: identity, members, and what their guests see. */
export function SubsystemDetails({
  fleet,
  group,
  journal,
}: {
  readonly fleet: Fleet;
  readonly group: SubsystemGroup;
  readonly journal: SubsystemJournal;
}) {
  // Id of the instance whose dialog is open; each host has one of its own.
  const [addingTo, setAddingTo] = useState<string | null>(null);
  const [naming, setNaming] = useState(false);
  const [renumbering, setRenumbering] = useState<string | null>(null);
  const { readOnly } = fleet.source;
  const adding = addingTo === null ? undefined : fleet.virtualSubsystems[addingTo];
  const renumbered = renumbering === null ? undefined : fleet.virtualSubsystems[renumbering];
  const members = group.instances.flatMap(({ subsystem }) =>
    subsystem.members.flatMap((member) => findSecondary(fleet, member.controllerId) ?? []),
  );
  const problems = subsystemProblems(
    fleet,
    group.instances.map(({ subsystem }) => subsystem),
  );
  return (
    <div className={styles.details}>
      <DetailsHead
        title={group.name}
        tags={group.instances.map(({ subsystem, state }) => (
          <LifeCycleTag key={subsystem.id} state={state} host={hostTitle(fleet, subsystem.hostId)} />
        ))}
        actions={
          <>
            <InstanceButton
              fleet={fleet}
              group={group}
              label="Add controllers…"
              icon={<Plus size={14} aria-hidden />}
              readOnly={readOnly}
              onChoose={(subsystem) => setAddingTo(subsystem.id)}
            />
            <Button unavailable={readOnly ?? false} onClick={() => setNaming(true)}>
              <IdCard size={14} aria-hidden /> Identity…
            </Button>
            <InstanceButton
              fleet={fleet}
              group={group}
              label="Renumber…"
              icon={<ListOrdered size={14} aria-hidden />}
              readOnly={readOnly}
              onChoose={(subsystem) => setRenumbering(subsystem.id)}
            />
            <InstanceButton
              fleet={fleet}
              group={group}
              label="Delete…"
              icon={<Trash2 size={14} aria-hidden />}
              danger
              readOnly={readOnly}
              onChoose={(subsystem) =>
                stage({ kind: 'delete-virtual-subsystem', virtualSubsystemIds: [subsystem.id] })
              }
            />
          </>
        }
      >
        <div className={styles.identity}>
          <code>{group.nqn}</code>
          <CopyButton text={group.nqn} what="virtual NQN" />
        </div>
        {identities(fleet, group).map((words) => (
          <div key={words} className={`mono mute ${styles.identity}`}>
            {words}
          </div>
        ))}
      </DetailsHead>
      {readOnly === null ? null : <ReadOnlyBanner title="Nothing can be changed here" reason={readOnly} />}
      {problems.length === 0 ? null : (
        <Banner tone="warning" title={countWords(problems.length, 'problem')} lines={problems} />
      )}
      {journal.error === null ? null : (
        <ErrorNotice error={journal.error} title="The journal could not be read" onRetry={journal.reload} />
      )}
      {journal.remains
        .filter(({ nqns }) => nqns.includes(group.nqn))
        .map((remains) => (
          <RemainsCard key={remains.runId} remains={remains} readOnly={readOnly} />
        ))}
      <div className={styles.pair}>
        <div className={styles.stack}>
          <ControllersCard fleet={fleet} group={group} readOnly={readOnly} />
          <FreeCard fleet={fleet} group={group} releases={journal.releases} readOnly={readOnly} />
        </div>
        <LeakCard fleet={fleet} group={group} members={members} readOnly={readOnly} />
      </div>
      <BaselineCard fleet={fleet} group={group} readOnly={readOnly} />
      <GuestCard fleet={fleet} group={group} members={members} />
      {naming ? <IdentityDialog group={group} onClose={() => setNaming(false)} /> : null}
      {renumbered === undefined ? null : (
        <RenumberDialog fleet={fleet} subsystem={renumbered} onClose={() => setRenumbering(null)} />
      )}
      {adding === undefined ? null : (
        <AddDialog fleet={fleet} subsystem={adding} onClose={() => setAddingTo(null)} />
      )}
    </div>
  );
}

/** A button for the one instance, or a menu of hosts where it exists on several. */
function InstanceButton({
  fleet,
  group,
  label,
  icon,
  danger = false,
  readOnly,
  onChoose,
}: {
  readonly fleet: Fleet;
  readonly group: SubsystemGroup;
  readonly label: string;
  readonly icon: React.ReactNode;
  readonly danger?: boolean;
  readonly readOnly: string | null;
  readonly onChoose: (subsystem: VirtualSubsystem) => void;
}) {
  const [only, ...others] = group.instances;
  const kind = danger ? 'danger' : 'normal';
  if (only === undefined) return null;
  if (others.length === 0 || readOnly !== null) {
    return (
      <Button kind={kind} unavailable={readOnly ?? false} onClick={() => onChoose(only.subsystem)}>
        {icon} {label}
      </Button>
    );
  }
  return (
    <Menu
      trigger={
        <Button kind={kind}>
          {icon} {label}
        </Button>
      }
      entries={group.instances.map(({ subsystem }) => ({
        id: subsystem.id,
        label: `On ${hostTitle(fleet, subsystem.hostId)}`,
        danger,
        onSelect: () => onChoose(subsystem),
      }))}
    />
  );
}

/** The virtual identity in words; hosts that differ get a line each, since a guest would notice. */
function identities(fleet: Fleet, group: SubsystemGroup): readonly string[] {
  const words = (subsystem: VirtualSubsystem) => {
    const { serialNumber, modelNumber, firmwareRevision, ieee, fguid, pci } = subsystem.identity;
    const oui = ieee === undefined ? '' : ` · OUI ${ieee.toString(16).padStart(6, '0')}`;
    const unit = fguid === undefined || /^[0-]+$/.test(fguid) ? '' : ` · FGUID ${fguid}`;
    const ids = pci === undefined ? '' : ` · PCI ${pciWords(pci)}`;
    return `serial ${serialNumber || '–'} · model ${modelNumber || '–'} · firmware ${firmwareRevision || '–'}${oui}${unit}${ids}`;
  };
  const all = group.instances.map(({ subsystem }) => words(subsystem));
  if (new Set(all).size <= 1) return all.slice(0, 1);
  return group.instances.map(({ subsystem }) => `${hostTitle(fleet, subsystem.hostId)}: ${words(subsystem)}`);
}
