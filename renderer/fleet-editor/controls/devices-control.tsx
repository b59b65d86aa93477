import { Trash2 } from 'lucide-react';
import { giveDevice, virtualFunctionsOf } from '#shared/fleet-file/edit/edit-operations.ts';
import { array, type EditValue, record, text, valueAt } from '#shared/fleet-file/edit/loose-value.ts';
import { type FieldPath, type FileProblem, fieldText } from '#shared/fleet-file/problems.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field, Select } from '../../ui/controls/form.tsx';
import { changeDocument, changeField } from '../editor-store.ts';
import styles from '../fleet-editor.module.css';
import type { FormField } from '../forms/form-field.ts';
import { Errors } from './errors.tsx';

/** The functions of a virtual machine, and those of its host that it could get. */
export function DevicesControl({
  file,
  machine,
  field,
  problems,
}: {
  readonly file: EditValue;
  /** Path of the virtual machine. */
  readonly machine: FieldPath;
  readonly field: FormField;
  readonly problems: readonly FileProblem[];
}) {
  const path = [...machine, 'devices'];
  const host = record(valueAt(file, machine.slice(0, 2)));
  const devices = array(valueAt(file, path));
  // By any machine of the host: a function belongs to one at a time.
  const taken = new Set(array(host.virtualMachines).flatMap((one) => array(record(one).devices).map(text)));
  const all = virtualFunctionsOf(file, text(host.name));
  const free = all.filter(({ address }) => !taken.has(address));
  return (
    <div className={styles.rows} data-field={fieldText(path)}>
      <Field label={field.label} description={field.description}>
        {() => (
          <Select
            label="Add a virtual function"
            value={null}
            placeholder={all.length === 0 ? 'The host has no primary controller' : 'Add a virtual function…'}
            disabled={free.length === 0}
            options={free.map(({ address, vfn }) => ({ value: address, label: address, note: `VF ${vfn}` }))}
            onChange={(address) => {
              const device = free.find((one) => one.address === address);
              if (device)
                changeDocument((source) => ({ text: giveDevice(source, machine, device), path: machine }));
            }}
          />
        )}
      </Field>
      <ul className={styles.devices}>
        {devices.map((device, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a device is its place in the file
          <li key={index}>
            <code>{typeof device === 'string' ? device : JSON.stringify(device)}</code>
            <Button
              kind="quiet"
              size="small"
              icon
              aria-label={`Remove ${text(device)}`}
              onClick={() => changeField([...path, index], undefined)}
            >
              <Trash2 size={14} aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
      <Errors problems={problems} />
    </div>
  );
}
