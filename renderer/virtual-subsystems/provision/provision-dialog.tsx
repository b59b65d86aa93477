import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet, PrimaryController } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import type { Exposure } from '#shared/virtual-subsystem/mask/exposure.ts';
import { PlannedDialog } from '../../procedures/planned-dialog.tsx';
import { Checkbox, SelectField, type SelectOption, TextField } from '../../ui/controls/form.tsx';
import { startForm } from '../create/new-subsystem.ts';
import styles from '../dialog.module.css';
import { ProposalLabel } from '../proposal-label.tsx';
import {
  available,
  type FunctionKind,
  firstKind,
  kindReason,
  type ProvisionForm,
  provisionIntent,
} from './provision-form.ts';
import { ProvisionSteps } from './provision-steps.tsx';

const kindTitles: Readonly<Record<FunctionKind, string>> = {
  vf: 'SR-IOV virtual functions',
  siov: 'Provisioned functions (SIOV-like)',
};

/**
 * From functions that are free or do not exist yet to ones that VFIO shows, the same for both kinds, in one procedure; the
 * plan is made while it is typed.
 */
export function ProvisionDialog({
  fleet,
  primaryId = null,
  onClose,
}: {
  readonly fleet: Fleet;
  readonly primaryId?: string | null;
  readonly onClose: () => void;
}) {
  const primaries = Object.values(fleet.controllers).filter((one) => one.role === 'primary');
  // Name and identity of a new virtual subsystem, proposed once so that they do not change while one types.
  const [start] = useState(() => startForm(fleet, { hostId: null, primaryId }, new Date()));
  const [form, setForm] = useState<ProvisionForm>(() => {
    const chosen = primaryId ?? start.primaryId;
    const primary = primaries.find(({ id }) => id === chosen);
    return {
      primaryId: chosen,
      kind: firstKind(primary),
      count: '1',
      vq: '',
      vi: '',
      into: primary?.virtualSubsystems.available === false ? 'none' : 'new',
      nqn: start.nqn,
      exposure: 'baseline',
      attach: [],
      enableMigration: true,
      visible: true,
      machine: 'none',
    };
  });
  const set = (patch: Partial<ProvisionForm>) => setForm((before) => ({ ...before, ...patch }));
  const primary = primaries.find(({ id }) => id === form.primaryId);
  const intent = primary === undefined ? null : provisionIntent(fleet, primary, form, start);
  const free = primary === undefined ? 0 : available(fleet, primary, form.kind);
  return (
    <PlannedDialog
      wide
      onClose={onClose}
      title="Provision functions"
      description="Size, name, narrow, attach namespaces, enable live migration, and only then make visible through VFIO: one procedure."
      intent={intent}
      missing={`Choose a primary controller and a whole number of functions up to ${free}.`}
      preview={(plan) => <ProvisionSteps plan={plan} />}
    >
      <ProposalLabel />
      <div className={styles.formRow}>
        <SelectField
          label="Primary controller"
          value={form.primaryId}
          options={primaries.map((one) => ({
            value: one.id,
            label: controllerFullTitle(fleet, one),
            note: `${available(fleet, one, firstKind(one))} free`,
          }))}
          onChange={(id) => {
            const next = primaries.find((one) => one.id === id);
            const into = next?.virtualSubsystems.available === false ? 'none' : 'new';
            set({ primaryId: id, kind: firstKind(next), into, attach: [], machine: 'none' });
          }}
        />
        <SelectField
          label="Kind of function"
          value={form.kind}
          options={(['vf', 'siov'] as const).map((kind) => {
            const reason = primary === undefined ? null : kindReason(primary, kind);
            return {
              value: kind,
              label: kindTitles[kind],
              disabled: reason !== null,
              note: reason ?? (primary === undefined ? '' : `${available(fleet, primary, kind)} free`),
            };
          })}
          onChange={(kind) => set({ kind })}
        />
      </div>
      <div className={styles.formRow}>
        <TextField
          label="How many functions"
          description={`${free} are free.`}
          inputMode="numeric"
          value={form.count}
          onChange={(count) => set({ count })}
        />
        <TextField
          label="VQ each"
          inputMode="numeric"
          placeholder="default"
          value={form.vq}
          onChange={(vq) => set({ vq })}
        />
        <TextField
          label="VI each"
          inputMode="numeric"
          placeholder="default"
          value={form.vi}
          onChange={(vi) => set({ vi })}
        />
      </div>
      <div className={styles.formRow}>
        <SelectField
          label="Virtual subsystem"
          value={form.into}
          options={intoOptions(fleet, primary)}
          onChange={(into) => set({ into })}
        />
        {form.into === 'new' ? (
          <>
            <TextField label="Virtual NQN" mono value={form.nqn} onChange={(nqn) => set({ nqn })} />
            <SelectField<Exposure>
              label="Narrowed to"
              value={form.exposure}
              options={[
                { value: 'baseline', label: 'Baseline of every primary of the drive' },
                { value: 'primary', label: 'What this primary offers' },
                { value: 'everything', label: 'Not narrowed' },
              ]}
              onChange={(exposure) => set({ exposure })}
            />
          </>
        ) : null}
      </div>
      {primary === undefined ? null : (
        <NamespaceChoice
          fleet={fleet}
          primary={primary}
          chosen={form.attach}
          onChange={(attach) => set({ attach })}
        />
      )}
      <div className={styles.formRow}>
        <div className={styles.formColumn}>
          <Checkbox checked={form.enableMigration} onChange={(enableMigration) => set({ enableMigration })}>
            Enable live migration
          </Checkbox>
          <Checkbox checked={form.visible} onChange={(visible) => set({ visible, machine: 'none' })}>
            Make visible through VFIO
          </Checkbox>
        </div>
        <SelectField
          label="Assign to"
          value={form.machine}
          options={machineOptions(fleet, primary)}
          onChange={(machine) => set({ machine, visible: machine === 'none' ? form.visible : true })}
        />
      </div>
    </PlannedDialog>
  );
}

/** A primary without virtual subsystems still provisions functions, with the drive's own identity. */
function intoOptions(fleet: Fleet, primary: PrimaryController | undefined): SelectOption<string>[] {
  const support = primary?.virtualSubsystems;
  const existing = Object.values(fleet.virtualSubsystems).filter(
    ({ primaryId }) => primaryId === primary?.id,
  );
  return [
    {
      value: 'new',
      label: 'A new virtual subsystem',
      disabled: support?.available === false,
      ...(support?.available === false ? { note: support.reason } : {}),
    },
    ...existing.map(({ id, nqn }) => ({ value: id, label: nqn })),
    { value: 'none', label: "No virtual subsystem: the drive's own identity" },
  ];
}

/** Machines of the same host: a function cannot leave it. */
function machineOptions(fleet: Fleet, primary: PrimaryController | undefined): SelectOption<string>[] {
  const machines = Object.values(fleet.virtualMachines).filter(({ hostId }) => hostId === primary?.hostId);
  return [
    { value: 'none', label: 'No virtual machine yet' },
    ...machines.map(({ id, name, state }) => ({ value: id, label: name, note: state })),
  ];
}

function NamespaceChoice({
  fleet,
  primary,
  chosen,
  onChange,
}: {
  readonly fleet: Fleet;
  readonly primary: PrimaryController;
  readonly chosen: readonly number[];
  readonly onChange: (nsids: readonly number[]) => void;
}) {
  const namespaces = Object.values(fleet.namespaces)
    .filter(({ subsystemId }) => subsystemId === primary.subsystemId)
    .sort((left, right) => left.nsid - right.nsid);
  return (
    <ul className={styles.freeList} aria-label="Namespaces to attach">
      {namespaces.map(({ nsid, shared, attachedTo }) => (
        <li key={nsid}>
          <Checkbox
            checked={chosen.includes(nsid)}
            onChange={(on) => onChange(on ? [...chosen, nsid] : chosen.filter((one) => one !== nsid))}
          >
            Namespace {nsid}{' '}
            <span className="mute">
              {shared ? 'shared' : 'private'}, attached to {countWords(attachedTo.length, 'controller')}
            </span>
          </Checkbox>
        </li>
      ))}
    </ul>
  );
}
