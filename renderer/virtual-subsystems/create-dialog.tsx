import { useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import { checkVirtualNqn } from '#shared/nvme/nqn.ts';
import { stage } from '../assignment/intents.ts';
import { useRequest } from '../bridge/use-request.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Select, type SelectOption, TextField } from '../ui/form.tsx';
import { Banner, ErrorNotice } from '../ui/states.tsx';
import { TextInput } from '../ui/text-input.tsx';
import { IdentityFields } from './identity-fields.tsx';
import { identityNotWhole, identityOf } from './identity-form.ts';
import { intentOf, type NewSubsystemForm, nqnForName, nqnForUuid, startForm } from './new-subsystem.ts';
import { ProposalLabel } from './proposal-label.tsx';
import styles from './virtual-subsystems.module.css';

/** Asks for a new virtual subsystem; the plan is made while it is typed, so that refusals show before Review. */
export function CreateDialog({
  hostId = null,
  primaryId = null,
  onClose,
  onReview,
}: {
  readonly hostId?: string | null;
  readonly primaryId?: string | null;
  readonly onClose: () => void;
  /** Told the virtual NQN whose creation goes to review. */
  readonly onReview?: ((nqn: string) => void) | undefined;
}) {
  const fleet = useFleetMirror((mirror) => mirror.fleet);
  if (fleet === null) return null;
  return <CreateForm fleet={fleet} wanted={{ hostId, primaryId }} onClose={onClose} onReview={onReview} />;
}

function CreateForm({
  fleet,
  wanted,
  onClose,
  onReview,
}: {
  readonly fleet: Fleet;
  readonly wanted: Parameters<typeof startForm>[1];
  readonly onClose: () => void;
  readonly onReview: ((nqn: string) => void) | undefined;
}) {
  const [form, setForm] = useState(() => startForm(fleet, wanted, new Date()));
  const set = (patch: Partial<NewSubsystemForm>) => setForm((before) => ({ ...before, ...patch }));
  const intent = intentOf(fleet, form);
  const isIdentityWhole = identityOf(form) !== null;
  const name = checkVirtualNqn(form.nqn.trim());
  const {
    value: plan,
    error,
    loading,
  } = useRequest('procedure:plan', intent === null || !name.ok ? null : { intent });
  const idError =
    intent === null && form.primaryId !== null && isIdentityWhole
      ? 'Give a whole number from 0 to 65519.'
      : undefined;
  const blocked =
    form.primaryId === null
      ? 'Choose a primary controller.'
      : !isIdentityWhole
        ? identityNotWhole
        : (idError ??
          (name.ok ? (error?.message ?? (plan === null || loading ? 'Planning…' : '')) : name.error.message));
  const review = () => {
    if (intent === null) return;
    onClose();
    onReview?.(intent.nqn);
    stage(intent);
  };
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="New virtual subsystem"
      description="Guests see this identity instead of the drive's. It is the same on every host that they move to."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" unavailable={blocked} onClick={review}>
            Review the steps
          </Button>
        </>
      }
    >
      <ProposalLabel />
      <NameField value={form.nqn} onChange={(nqn) => set({ nqn })} />
      <div className={styles.formRow}>
        <Field label="Primary controller">
          {() => (
            <Select
              label="Primary controller"
              value={form.primaryId}
              placeholder="Choose a primary controller…"
              options={primaryOptions(fleet)}
              onChange={(chosen) => set({ primaryId: chosen })}
            />
          )}
        </Field>
        <TextField
          label="Virtual controller id of the primary"
          error={idError}
          inputMode="numeric"
          value={form.primaryVirtualId}
          onChange={(primaryVirtualId) => set({ primaryVirtualId })}
        />
      </div>
      <IdentityFields form={form} onChange={set}>
        <Field label="Exposed capabilities">
          {() => (
            <Select
              label="Exposed capabilities"
              value={form.exposure}
              options={[
                { value: 'baseline', label: 'Baseline of every primary of the drive' },
                { value: 'primary', label: 'What this primary offers' },
                { value: 'everything', label: 'Everything, not narrowed' },
              ]}
              onChange={(exposure) => set({ exposure })}
            />
          )}
        </Field>
      </IdentityFields>
      {name.ok && error !== null ? <ErrorNotice error={error} title="It would be refused" /> : null}
      {plan === null || plan.consequences.length === 0 ? null : (
        <Banner tone="warning" title="Take note" lines={plan.consequences} />
      )}
    </Dialog>
  );
}

function NameField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (nqn: string) => void;
}) {
  const checked = checkVirtualNqn(value.trim());
  const bytes = new TextEncoder().encode(value.trim()).length;
  const error = checked.ok
    ? undefined
    : [checked.error.message, checked.error.fix].filter((part) => part !== undefined).join('. ');
  const tail = value.slice(value.lastIndexOf(':') + 1);
  return (
    <Field
      label="Virtual NQN"
      description={`${bytes} of 223 bytes. Everything after the last colon is its name.`}
      error={error}
    >
      {({ id, describedBy, invalid }) => (
        <div className={styles.nameRow}>
          <TextInput
            id={id}
            aria-describedby={describedBy}
            invalid={invalid}
            mono
            value={value}
            onChange={onChange}
          />
          <Button
            title="nqn.yyyy-mm.reverse.domain:name, from what is typed"
            onClick={() => onChange(nqnForName(tail, new Date()))}
          >
            From name
          </Button>
          <Button
            title="nqn.2014-08.org.nvmexpress:uuid:…, new and random"
            onClick={() => onChange(nqnForUuid(crypto.randomUUID()))}
          >
            From UUID
          </Button>
        </div>
      )}
    </Field>
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
