import { useState } from 'react';
import type { Fleet, PrimaryController } from '#shared/fleet/schema.ts';
import { controllerFullTitle, isUnassigned, secondariesOf } from '#shared/fleet/selectors.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { exposedFor } from '#shared/virtual-subsystem/exposure.ts';
import { hostingPrimaries } from '#shared/virtual-subsystem/suggestions.ts';
import { stage } from '../assignment/intents.ts';
import { useRequest } from '../bridge/use-request.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Field, Select, TextField } from '../ui/form.tsx';
import { formatCount } from '../ui/format.ts';
import { Banner, ErrorNotice } from '../ui/states.tsx';
import { type IdentityForm, identityOf } from './identity-form.ts';
import { startForm } from './new-subsystem.ts';
import { ProposalLabel } from './proposal-label.tsx';
import styles from './virtual-subsystems.module.css';

interface ProvisionForm {
  readonly primaryId: string | null;
  readonly count: string;
  readonly vq: string;
  readonly vi: string;
  /** Id of the virtual subsystem, or `new`. */
  readonly into: string;
  readonly nqn: string;
  readonly attach: readonly number[];
}

/** From free functions to ones that VFIO shows, in one procedure; the plan is made while it is typed. */
export function ProvisionDialog({ fleet, onClose }: { readonly fleet: Fleet; readonly onClose: () => void }) {
  const [start] = useState(() => startForm(fleet, { hostId: null, primaryId: null }, new Date()));
  const [form, setForm] = useState<ProvisionForm>({
    primaryId: start.primaryId,
    count: '1',
    vq: '',
    vi: '',
    into: 'new',
    nqn: start.nqn,
    attach: [],
  });
  const set = (patch: Partial<ProvisionForm>) => setForm((before) => ({ ...before, ...patch }));
  const primary = hostingPrimaries(fleet).find(({ id }) => id === form.primaryId);
  const intent = primary === undefined ? null : intentOf(fleet, primary, form, start);
  const { value: plan, error } = useRequest('procedure:plan', intent === null ? null : { intent });
  const free = primary === undefined ? 0 : freeOf(fleet, primary).length;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="Provision functions"
      description="Size, name, narrow, attach namespaces, and only then make visible through VFIO: one procedure."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            unavailable={
              intent === null
                ? 'Choose a primary controller and give whole numbers.'
                : (error?.message ?? (plan === null ? 'Planning…' : false))
            }
            onClick={() => {
              if (intent === null) return;
              onClose();
              stage(intent);
            }}
          >
            {plan === null ? 'Review…' : `Review ${formatCount(plan.steps.length, 'step')}…`}
          </Button>
        </>
      }
    >
      <ProposalLabel />
      <div className={styles.formRow}>
        <Field label="Primary controller">
          {() => (
            <Select
              label="Primary controller"
              value={form.primaryId}
              options={hostingPrimaries(fleet).map((one) => ({
                value: one.id,
                label: controllerFullTitle(fleet, one),
                note: `${freeOf(fleet, one).length} free`,
              }))}
              onChange={(primaryId) => set({ primaryId, into: 'new', attach: [] })}
            />
          )}
        </Field>
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
        <Field label="Into">
          {() => (
            <Select
              label="Into"
              value={form.into}
              options={[
                { value: 'new', label: 'A new virtual subsystem, narrowed to the baseline' },
                ...Object.values(fleet.virtualSubsystems)
                  .filter((subsystem) => subsystem.primaryId === form.primaryId)
                  .map(({ id, nqn }) => ({ value: id, label: nqn })),
              ]}
              onChange={(into) => set({ into })}
            />
          )}
        </Field>
        {form.into === 'new' ? (
          <TextField label="Virtual NQN" mono value={form.nqn} onChange={(nqn) => set({ nqn })} />
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
      {intent !== null && error !== null ? <ErrorNotice error={error} title="It would be refused" /> : null}
      {plan === null || plan.consequences.length === 0 ? null : (
        <Banner tone="warning" title="Take note" lines={plan.consequences} />
      )}
    </Dialog>
  );
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
              {shared ? 'shared' : 'private'}, attached to {formatCount(attachedTo.length, 'controller')}
            </span>
          </Checkbox>
        </li>
      ))}
    </ul>
  );
}

function freeOf(fleet: Fleet, primary: PrimaryController) {
  return secondariesOf(fleet, primary).filter(
    (secondary) => isUnassigned(secondary) && secondary.driver !== 'nvme',
  );
}

function intentOf(
  fleet: Fleet,
  primary: PrimaryController,
  form: ProvisionForm,
  start: IdentityForm,
): Intent | null {
  const number = (text: string) => (/^\d{1,5}$/.test(text.trim()) ? Number(text) : null);
  const count = number(form.count) ?? 0;
  const vq = form.vq.trim() === '' ? undefined : number(form.vq);
  const vi = form.vi.trim() === '' ? undefined : number(form.vi);
  const free = freeOf(fleet, primary);
  if (count < 1 || count > Math.min(free.length, 127) || vq === null || vi === null) return null;
  return {
    kind: 'provision',
    functions: { kind: 'existing', secondaryIds: free.slice(0, count).map(({ id }) => id) },
    into:
      form.into === 'new'
        ? {
            kind: 'new',
            nqn: form.nqn.trim(),
            primaryVirtualId: 1,
            identity: identityOf(start) ?? { serialNumber: '', modelNumber: '', firmwareRevision: '' },
            exposed: exposedFor(fleet, primary.id, 'baseline'),
          }
        : { kind: 'existing', virtualSubsystemId: form.into },
    attach: [...form.attach],
    enableMigration: true,
    visible: true,
    virtualMachineId: null,
    ...(vq === undefined ? {} : { vq }),
    ...(vi === undefined ? {} : { vi }),
  };
}
