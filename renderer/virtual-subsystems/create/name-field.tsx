import { checkVirtualNqn } from '#shared/nvme/nqn.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/form.tsx';
import { TextInput } from '../../ui/controls/text-input.tsx';
import styles from '../dialog.module.css';
import { nqnForName, nqnForUuid } from './new-subsystem.ts';

/** The virtual NQN, checked to the byte while it is typed, with generators for both forms of the specification. */
export function NameField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (nqn: string) => void;
}) {
  const checked = checkVirtualNqn(value.trim());
  // The limit of an NQN is in bytes of UTF-8, not in letters (NVMe Base 2.1, 4.7).
  const bytes = new TextEncoder().encode(value.trim()).length;
  const error = checked.ok
    ? undefined
    : [checked.error.message, checked.error.fix].filter((part) => part !== undefined).join('. ');
  // The name that the person gave survives a change of the form.
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
