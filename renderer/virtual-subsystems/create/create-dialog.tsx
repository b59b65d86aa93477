import { useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import { largestControllerIdentifier } from '#shared/nvme/controller-identifier.ts';
import { checkVirtualNqn } from '#shared/nvme/nqn.ts';
import { draftIntent, type VirtualSubsystemDraft } from '#shared/virtual-subsystem/life-cycle/draft.ts';
import { saveDraft } from '../../fleet-mirror/drafts-store.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { PlannedDialog } from '../../procedures/planned-dialog.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { SelectField, type SelectOption, TextField } from '../../ui/controls/form.tsx';
import styles from '../dialog.module.css';
import { ProposalLabel } from '../proposal-label.tsx';
import { IdentityFields } from './identity-fields.tsx';
import { identityFromForm, identityNotWhole } from './identity-form.ts';
import { MemberPicker } from './member-picker.tsx';
import { NameField } from './name-field.tsx';
import { formOfDraft, type NewSubsystemForm, startForm, virtualIdOf, wishOf } from './new-subsystem.ts';

/** Asks for a new virtual subsystem; the plan is made while it is typed, so that refusals show before Review. */
export function CreateDialog({
  hostId = null,
  primaryId = null,
  draft = null,
  onClose,
  onReview,
  onSaved,
}: {
  /** Host whose first suitable primary is proposed. */
  readonly hostId?: string | null;
  /** Primary that is proposed; it counts more than the host. */
  readonly primaryId?: string | null;
  /** The stored draft to edit. */
  readonly draft?: VirtualSubsystemDraft | null;
  readonly onClose: () => void;
  /** Told the virtual NQN whose creation goes to review. */
  readonly onReview?: ((nqn: string) => void) | undefined;
  /** Told the draft that was saved. */
  readonly onSaved?: ((draft: VirtualSubsystemDraft) => void) | undefined;
}) {
  const fleet = useFleetMirror((mirror) => mirror.fleet);
  if (fleet === null) return null;
  const start = () =>
    draft === null ? startForm(fleet, { hostId, primaryId }, new Date()) : formOfDraft(draft);
  return <CreateForm fleet={fleet} start={start} onClose={onClose} onReview={onReview} onSaved={onSaved} />;
}

function CreateForm({
  fleet,
  start,
  onClose,
  onReview,
  onSaved,
}: {
  readonly fleet: Fleet;
  readonly start: () => NewSubsystemForm;
  readonly onClose: () => void;
  readonly onReview: ((nqn: string) => void) | undefined;
  readonly onSaved: ((draft: VirtualSubsystemDraft) => void) | undefined;
}) {
  const [form, setForm] = useState(start);
  const set = (patch: Partial<NewSubsystemForm>) => setForm((before) => ({ ...before, ...patch }));
  const wish = wishOf(form);
  const intent = wish === null ? null : draftIntent(fleet, wish);
  const name = checkVirtualNqn(form.nqn.trim());
  const idError =
    virtualIdOf(form.primaryVirtualId) === null
      ? `Enter a whole number from 0 to ${largestControllerIdentifier}.`
      : undefined;
  const notWhole =
    identityFromForm(form) === null
      ? identityNotWhole
      : (idError ?? (wish === null ? 'Enter a whole number for every member.' : ''));
  // A draft may be wrong in any other way, but its numbers must be numbers.
  const save = async () => {
    if (wish === null) return;
    const saved = await saveDraft(wish);
    if (saved === null) return;
    onClose();
    onSaved?.(saved);
  };
  return (
    <PlannedDialog
      wide
      onClose={onClose}
      onReview={() => onReview?.(form.nqn.trim())}
      title={form.draftId === null ? 'New virtual subsystem' : 'Draft of a virtual subsystem'}
      description="Guests see this identity instead of the drive's. It is the same on every host that they move to."
      intent={name.ok ? intent : null}
      missing={
        form.primaryId === null
          ? 'Choose a primary controller.'
          : notWhole || (name.ok ? '' : name.error.message)
      }
      aside={
        <Button
          unavailable={notWhole}
          title="Kept by Berth only; nothing is sent to a device. It can be created later."
          onClick={() => void save()}
        >
          {form.draftId === null ? 'Save as draft' : 'Save draft'}
        </Button>
      }
    >
      <ProposalLabel />
      <NameField value={form.nqn} onChange={(nqn) => set({ nqn })} />
      <div className={styles.formRow}>
        <SelectField
          label="Primary controller"
          value={form.primaryId}
          placeholder="Choose a primary controller…"
          options={primaryOptions(fleet)}
          onChange={(chosen) => set({ primaryId: chosen, members: [] })}
        />
        <TextField
          label="Virtual controller id of the primary"
          error={idError}
          inputMode="numeric"
          value={form.primaryVirtualId}
          onChange={(primaryVirtualId) => set({ primaryVirtualId })}
        />
      </div>
      <IdentityFields form={form} onChange={set}>
        <SelectField
          label="Exposed capabilities"
          value={form.exposure}
          options={[
            { value: 'baseline', label: 'Baseline of every primary of the drive' },
            { value: 'primary', label: 'What this primary offers' },
            { value: 'everything', label: 'Everything, not narrowed' },
          ]}
          onChange={(exposure) => set({ exposure })}
        />
      </IdentityFields>
      <MemberPicker fleet={fleet} form={form} onChange={(members) => set({ members })} />
    </PlannedDialog>
  );
}

/** Every primary; those that cannot hold virtual subsystems stay with the reason. */
function primaryOptions(fleet: Fleet): readonly SelectOption<string>[] {
  return Object.values(fleet.controllers).flatMap((controller) => {
    if (controller.role !== 'primary') return [];
    const { virtualSubsystems } = controller;
    return [
      {
        value: controller.id,
        label: controllerFullTitle(fleet, controller),
        disabled: !virtualSubsystems.available,
        note: virtualSubsystems.available
          ? `${controller.secondaryIds.length} secondary controllers`
          : virtualSubsystems.reason,
      },
    ];
  });
}
