import { useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { deviceFaultConsequences } from '#shared/simulation/device-fault-consequences.ts';
import { client } from '../bridge/client.ts';
import { Banner } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { SelectField, TextField } from '../ui/controls/form.tsx';
import { notify, notifyError } from '../ui/overlays/notices.ts';
import {
  type DeviceFaultForm,
  type DeviceFaultKind,
  deviceFaultKinds,
  deviceFaultTargets,
  emptyDeviceFaultForm,
  readDeviceFaultForm,
  withKind,
} from './device-fault-form.ts';
import styles from './simulation.module.css';

/** Which fault happens to what, and what dies with it. */
export function DeviceFaultFields({
  fleet,
  objectId,
  onHappened,
}: {
  readonly fleet: Fleet;
  readonly objectId: string | null;
  /** Told when the fault happened and the fleet was read again. */
  readonly onHappened: () => void;
}) {
  const [form, setForm] = useState(() => emptyDeviceFaultForm(fleet, objectId));
  const [isHappening, setHappening] = useState(false);
  const change = (changes: Partial<DeviceFaultForm>) => setForm((before) => ({ ...before, ...changes }));
  const fault = readDeviceFaultForm(form);
  const happen = async () => {
    if (typeof fault === 'string' || isHappening) return;
    setHappening(true);
    const answer = await client.call('simulation:device-fault', { fault });
    setHappening(false);
    if (answer.ok) {
      notify({
        tone: 'warning',
        title: 'Simulated fault',
        text: `${answer.value.words}. The fleet was read again.`,
      });
      onHappened();
    } else notifyError(answer.error, 'The fault was not injected');
  };
  return (
    <form
      className={styles.part}
      aria-label="Fault"
      onSubmit={(event) => {
        event.preventDefault();
        void happen();
      }}
    >
      <div className={styles.columns}>
        <SelectField
          label="Fault"
          value={form.kind}
          options={deviceFaultKinds}
          onChange={(kind) => setForm((before) => withKind(fleet, before, kind as DeviceFaultKind))}
        />
        <SelectField
          label="Affected object"
          value={form.objectId}
          options={deviceFaultTargets(fleet, form.kind)}
          onChange={(chosen) => change({ objectId: chosen })}
        />
        <Details form={form} change={change} />
      </div>
      <Banner
        tone="warning"
        title="What it affects"
        lines={typeof fault === 'string' ? [fault] : deviceFaultConsequences(fleet, fault)}
      />
      <div className={styles.line}>
        <span className={`${styles.lineText} mute`}>It happens at once and cannot be undone.</span>
        <Button
          kind="danger"
          type="submit"
          unavailable={
            typeof fault === 'string'
              ? fault
              : isHappening
                ? 'The fault is injected, and the fleet is read again'
                : false
          }
        >
          Inject the fault
        </Button>
      </div>
    </form>
  );
}

/** What the chosen kind of fault needs to know besides its object. */
function Details({
  form,
  change,
}: {
  readonly form: DeviceFaultForm;
  readonly change: (changes: Partial<DeviceFaultForm>) => void;
}) {
  if (form.kind === 'steal-resources')
    return (
      <>
        <SelectField
          label="Resource"
          value={form.resource}
          options={[
            { value: 'vq', label: 'Virtual queues (VQ)' },
            { value: 'vi', label: 'Virtual interrupts (VI)' },
          ]}
          onChange={(resource) => change({ resource: resource === 'vi' ? 'vi' : 'vq' })}
        />
        <TextField
          label="At most"
          inputMode="numeric"
          value={form.count}
          onChange={(count) => change({ count })}
        />
      </>
    );
  if (form.kind === 'link-slow')
    return (
      <TextField
        label="Percent of the link speed"
        inputMode="numeric"
        value={form.percent}
        onChange={(percent) => change({ percent })}
      />
    );
  if (form.kind === 'link-flapping')
    return (
      <>
        <TextField
          label="Milliseconds up"
          inputMode="numeric"
          value={form.up}
          onChange={(up) => change({ up })}
        />
        <TextField
          label="Milliseconds down"
          inputMode="numeric"
          value={form.down}
          onChange={(down) => change({ down })}
        />
      </>
    );
  return null;
}
