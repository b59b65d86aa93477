import { TextField } from '../../ui/controls/form.tsx';
import styles from '../dialog.module.css';
import { type IdentityForm, identityFromForm } from './identity-form.ts';

/** The fields of a virtual identity; the same wherever one is given or changed. `children` stands beside the last. */
export function IdentityFields({
  form,
  onChange,
  children,
}: {
  readonly form: IdentityForm;
  readonly onChange: (patch: Partial<IdentityForm>) => void;
  readonly children?: React.ReactNode;
}) {
  const field = (key: keyof IdentityForm) => ({
    mono: true,
    value: form[key],
    onChange: (value: string) => onChange({ [key]: value }),
  });
  return (
    <>
      <div className={styles.formRow}>
        <TextField label="Virtual serial number" maxLength={20} {...field('serialNumber')} />
        <TextField label="Virtual model number" maxLength={40} {...field('modelNumber')} />
        <TextField label="Virtual firmware revision" maxLength={8} {...field('firmwareRevision')} />
      </div>
      <div className={styles.formRow}>
        <TextField
          label="Virtual IEEE OUI"
          description="Six hexadecimal digits; empty shows the drive's."
          error={
            identityFromForm(form) === null
              ? 'Enter six hexadecimal digits, a UUID and complete PCI identifiers, or leave the fields empty.'
              : undefined
          }
          maxLength={8}
          {...field('ieee')}
        />
        <TextField
          label="Virtual FGUID"
          description="A UUID; zeros mean none; empty shows the drive's."
          maxLength={36}
          {...field('fguid')}
        />
        {children}
      </div>
      <div className={styles.formRow}>
        <TextField
          label="Virtual PCI identifiers"
          description="Vendor:device, subsystem vendor:subsystem, revision, as 1de5:0010 1de5:0000 00. Empty shows the function's own; drivers select their quirks by these."
          maxLength={28}
          {...field('pci')}
        />
      </div>
    </>
  );
}
