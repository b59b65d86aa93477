import { Copy, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle, virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import {
  draftIntent,
  draftProblems,
  type VirtualSubsystemDraft,
} from '#shared/virtual-subsystem/life-cycle/draft.ts';
import type { Exposure } from '#shared/virtual-subsystem/mask/exposure.ts';
import { deleteDraft, saveDraft } from '../../fleet-mirror/drafts-store.ts';
import { Facts } from '../../inspector/facts.tsx';
import { stage } from '../../procedures/intents.ts';
import { DataTable } from '../../ui/content/data-table.tsx';
import { DetailsHead } from '../../ui/content/details-head.tsx';
import { Card } from '../../ui/content/small.tsx';
import { Banner } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { notify } from '../../ui/overlays/notices.ts';
import { chooseEntry, entryKey } from '../chosen-subsystem.ts';
import { CreateDialog } from '../create/create-dialog.tsx';
import { LifeCycleTag } from '../life-cycle-tag.tsx';
import styles from './details.module.css';

/** What a draft exposes; the mask itself is computed when it is created. */
const exposureWords: Readonly<Record<Exposure, string>> = {
  baseline: 'baseline of every primary of the drive, as it is when it is created',
  primary: 'what its primary offers',
  everything: 'everything, not narrowed',
};

/** A stored draft: what it asks for, what stands against it on the fleet as it is now, and what can be done with it. */
export function DraftDetails({
  fleet,
  draft,
}: {
  readonly fleet: Fleet;
  readonly draft: VirtualSubsystemDraft;
}) {
  const [editing, setEditing] = useState(false);
  const { readOnly } = fleet.source;
  const problems = draftProblems(fleet, draft);
  const intent = draftIntent(fleet, draft);
  const name = virtualSubsystemTitle(draft) || 'unnamed';
  const primary = draft.primaryId === null ? undefined : fleet.controllers[draft.primaryId];
  const { identity } = draft;
  const create = () => {
    if (intent === null) return;
    chooseEntry(entryKey.existing(intent.nqn));
    stage(intent);
  };
  return (
    <div className={styles.details}>
      <DetailsHead
        title={name}
        tags={<LifeCycleTag state="draft" />}
        actions={
          <>
            <Button
              kind="primary"
              unavailable={readOnly ?? problems[0]?.message ?? (intent === null ? 'Incomplete.' : false)}
              onClick={create}
            >
              Create…
            </Button>
            <Button onClick={() => setEditing(true)}>
              <Pencil size={14} aria-hidden /> Edit…
            </Button>
            <Button onClick={() => void duplicate(draft)}>
              <Copy size={14} aria-hidden /> Duplicate
            </Button>
            <Button kind="danger" onClick={() => void remove(draft)}>
              <Trash2 size={14} aria-hidden /> Delete draft
            </Button>
          </>
        }
      >
        <div className={`mono mute ${styles.identity}`}>{draft.nqn === '' ? 'no NQN yet' : draft.nqn}</div>
        <div className="mute">Saved {formatDateTime(draft.savedAt)}. Not on any device yet.</div>
      </DetailsHead>
      {problems.length === 0 ? (
        <Banner title="It can be created now, in a single procedure." />
      ) : (
        <Banner
          tone="warning"
          title={'It cannot be created yet'}
          lines={problems.map(({ message, fix }) => `${message} ${fix}`.trim())}
        />
      )}
      <div className={styles.pair}>
        <Card label="Planned members">
          {draft.members.length === 0 ? (
            <p className={`mute ${styles.noMembers}`}>None. Controllers can be added after it is created.</p>
          ) : (
            <DataTable
              label="Planned members"
              rows={draft.members}
              rowKey={({ secondaryId }) => secondaryId}
              columns={[
                {
                  id: 'id',
                  title: 'Virtual id',
                  mono: true,
                  cell: ({ virtualControllerId }) => <strong>{virtualControllerId}</strong>,
                },
                {
                  id: 'controller',
                  title: 'Controller',
                  cell: ({ secondaryId }) => {
                    const controller = fleet.controllers[secondaryId];
                    return controller === undefined ? secondaryId : controllerFullTitle(fleet, controller);
                  },
                },
              ]}
            />
          )}
        </Card>
        <Card label="Planned settings">
          <div className={styles.facts}>
            <Facts
              label="Draft"
              rows={[
                {
                  name: 'Primary',
                  value:
                    primary === undefined
                      ? (draft.primaryId ?? 'not chosen yet')
                      : controllerFullTitle(fleet, primary),
                },
                { name: 'Primary shown as', value: `vcid ${draft.primaryVirtualId}`, mono: true },
                { name: 'Serial number', value: identity.serialNumber || "the drive's", mono: true },
                { name: 'Model number', value: identity.modelNumber || "the drive's" },
                { name: 'Firmware', value: identity.firmwareRevision || "the drive's", mono: true },
                { name: 'Exposes', value: exposureWords[draft.exposure] },
              ]}
            />
          </div>
        </Card>
      </div>
      {editing ? (
        <CreateDialog
          draft={draft}
          onClose={() => setEditing(false)}
          onReview={(nqn) => chooseEntry(entryKey.existing(nqn))}
        />
      ) : null}
    </div>
  );
}

/** The copy has the same wishes; its NQN says that it is one, so that both can be created. */
async function duplicate({ id: _, savedAt: __, ...draft }: VirtualSubsystemDraft): Promise<void> {
  const saved = await saveDraft({ ...draft, nqn: `${draft.nqn}-copy` });
  if (saved !== null) chooseEntry(entryKey.draft(saved.id));
}

/** At once, without a question: Undo in the notice saves it again. */
async function remove(draft: VirtualSubsystemDraft): Promise<void> {
  if (!(await deleteDraft(draft.id))) return;
  const { id: _, savedAt: __, ...body } = draft;
  notify({
    id: `draft-${draft.id}`,
    tone: 'info',
    title: `Draft ${virtualSubsystemTitle(draft) || 'unnamed'} deleted`,
    action: { label: 'Undo', run: () => void saveDraft(body) },
  });
}
