import { useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { faultCommandWords, faultEffectWords } from '#shared/simulation/fault-words.ts';
import type { FaultEffect } from '#shared/simulation/faults.ts';
import { client } from '../bridge/client.ts';
import { Button } from '../ui/controls/button.tsx';
import { Checkbox, SelectField, TextField } from '../ui/controls/form.tsx';
import { notifyError } from '../ui/overlays/notices.ts';
import {
  controllerOptions,
  emptyFaultForm,
  type FaultForm,
  type FaultFormErrors,
  opcodeOptions,
  readFaultForm,
  statusOptions,
} from './command-fault-form.ts';
import styles from './simulation.module.css';

const effects: readonly { value: FaultEffect['kind']; label: string }[] = [
  { value: 'status', label: 'Complete with a status' },
  { value: 'delay', label: 'Complete late' },
  { value: 'silence', label: 'Never complete' },
  { value: 'wrong-length', label: 'Wrong data length' },
];

/** Which admin commands fail, and how. */
export function CommandFaultFields({
  fleet,
  objectId,
  onAdded,
}: {
  readonly fleet: Fleet;
  /** Object that a fault was asked for; null: none in particular. */
  readonly objectId: string | null;
  /** Told when the simulation took it. */
  readonly onAdded: () => void;
}) {
  const [form, setForm] = useState(() => emptyFaultForm(fleet, objectId));
  const change = (changes: Partial<FaultForm>) => setForm((before) => ({ ...before, ...changes }));
  const read = readFaultForm(form);
  const errors: FaultFormErrors = 'errors' in read ? read.errors : {};
  const add = async () => {
    if (!('fault' in read)) return;
    const { subsystemId } = form;
    const controllerId = form.controllerId === '' ? null : form.controllerId;
    const answer = await client.call('simulation:add-fault', {
      subsystemId,
      controllerId,
      fault: read.fault,
    });
    if (answer.ok) onAdded();
    else notifyError(answer.error, 'The fault was not added');
  };
  return (
    <form
      className={styles.part}
      aria-label="Command fault"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div className={styles.columns}>
        <SelectField
          label="NVM subsystem"
          value={form.subsystemId}
          options={Object.values(fleet.subsystems).map(({ id, nqn }) => ({ value: id, label: nqn }))}
          onChange={(subsystemId) => change({ subsystemId, controllerId: '' })}
        />
        <SelectField
          label="Controller"
          value={form.controllerId}
          options={controllerOptions(fleet, form.subsystemId)}
          onChange={(controllerId) => change({ controllerId })}
        />
        <SelectField
          label="Command"
          value={form.opcode}
          options={opcodeOptions}
          onChange={(opcode) => change({ opcode })}
        />
        {form.opcode === 'other' ? (
          <TextField
            label="Opcode, hexadecimal"
            mono
            value={form.otherOpcode}
            error={errors.otherOpcode}
            onChange={(otherOpcode) => change({ otherOpcode })}
          />
        ) : (
          <span />
        )}
        <TextField
          label="First command affected"
          inputMode="numeric"
          value={form.occurrence}
          error={errors.occurrence}
          onChange={(occurrence) => change({ occurrence })}
        />
        <TextField
          label="Number of commands affected"
          inputMode="numeric"
          value={form.count}
          error={errors.count}
          onChange={(count) => change({ count })}
        />
        <SelectField
          label="Effect"
          value={form.effect}
          options={effects}
          onChange={(effect) => change({ effect: effect as FaultEffect['kind'] })}
        />
        <EffectFields form={form} errors={errors} change={change} />
      </div>
      <div className={styles.line}>
        <span className={`${styles.lineText} mute`}>
          {'fault' in read
            ? `${capitalised(faultCommandWords({ ...read.fault, cntlid: null }))} from now on: ${faultEffectWords(read.fault.effect)}. ${consequence(read.fault.effect)}`
            : 'The fault is incomplete.'}
        </span>
        <Button
          kind="primary"
          type="submit"
          unavailable={'fault' in read ? false : (Object.values(read.errors)[0] ?? true)}
        >
          Add fault
        </Button>
      </div>
    </form>
  );
}

/** The fields that the chosen effect needs. */
function EffectFields({
  form,
  errors,
  change,
}: {
  readonly form: FaultForm;
  readonly errors: FaultFormErrors;
  readonly change: (changes: Partial<FaultForm>) => void;
}) {
  if (form.effect === 'silence') return <span />;
  if (form.effect === 'delay')
    return (
      <TextField
        label="Milliseconds of simulated time"
        inputMode="numeric"
        value={form.milliseconds}
        error={errors.milliseconds}
        onChange={(milliseconds) => change({ milliseconds })}
      />
    );
  if (form.effect === 'wrong-length')
    return (
      <TextField
        label="Bytes of data"
        inputMode="numeric"
        value={form.bytes}
        error={errors.bytes}
        onChange={(bytes) => change({ bytes })}
      />
    );
  return (
    <>
      <SelectField
        label="Status"
        value={form.status}
        options={statusOptions}
        onChange={(status) => change({ status })}
      />
      {form.status === 'other' ? (
        <>
          <TextField
            label="Status Code Type (SCT), hexadecimal"
            mono
            value={form.sct}
            error={errors.sct}
            onChange={(sct) => change({ sct })}
          />
          <TextField
            label="Status Code (SC), hexadecimal"
            mono
            value={form.sc}
            error={errors.sc}
            onChange={(sc) => change({ sc })}
          />
        </>
      ) : null}
      <Checkbox checked={form.doNotRetry} onChange={(doNotRetry) => change({ doNotRetry })}>
        Do Not Retry (DNR)
      </Checkbox>
    </>
  );
}

/** What the effect means for the command and its sender; as the simulated controller does it. */
function consequence(effect: FaultEffect): string {
  switch (effect.kind) {
    case 'status':
      return 'The command is not executed.';
    case 'delay':
      return 'The command is executed when it completes.';
    case 'silence':
      return 'The command is not executed, and its sender waits until its timeout.';
    case 'wrong-length':
      return 'The command is executed; its data is cut off or filled with zeroes.';
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
