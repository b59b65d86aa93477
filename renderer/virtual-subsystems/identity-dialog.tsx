import { useState } from 'react';
import type { VirtualIdentity } from '#shared/fleet/schema.ts';
import { neutralIdentity } from '#shared/virtual-subsystem/leak-fixes.ts';
import { stage } from '../assignment/intents.ts';
import { useRequest } from '../bridge/use-request.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/form.tsx';
import { ErrorNotice } from '../ui/states.tsx';
import { identityOf } from './new-subsystem.ts';
import type { SubsystemGroup } from './subsystem-groups.ts';
import styles from './virtual-subsystems.module.css';

type IdentityForm = Parameters<typeof identityOf>[0];

/** What guests read instead of the drive's names; the same on every host, in one procedure. */
export function IdentityDialog({
  group,
  onClose,
}: {
  readonly group: SubsystemGroup;
  readonly onClose: () => void;
}) {
  const [form, setForm] = useState<IdentityForm>(() => formOf(group.instances[0]?.subsystem.identity));
  const set = (patch: Partial<IdentityForm>) => setForm((before) => ({ ...before, ...patch }));
  const identity = identityOf(form);
  const intent =
    identity === null
      ? null
      : ({
          kind: 'set-virtual-identity',
          virtualSubsystemIds: group.instances.map(({ subsystem }) => subsystem.id),
          identity,
        } as const);
  const { value: plan, error } = useRequest('procedure:plan', intent === null ? null : { intent });
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`Identity of ${group.name}`}
      description="What is empty shows the drive's own. The virtual NQN never changes: it is the name."
      footer={
        <>
          <Button onClick={() => setForm(formOf(neutralIdentity(group.nqn, identity ?? formIdentity(form))))}>
            Fill in what is empty
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            unavailable={
              intent === null
                ? 'The IEEE OUI or the FGUID is not whole.'
                : (error?.message ?? (plan === null ? 'Planning…' : false))
            }
            onClick={() => {
              if (intent === null) return;
              onClose();
              stage(intent);
            }}
          >
            Review the steps
          </Button>
        </>
      }
    >
      <div className={styles.formRow}>
        <TextField
          label="Virtual serial number"
          maxLength={20}
          mono
          value={form.serialNumber}
          onChange={(serialNumber) => set({ serialNumber })}
        />
        <TextField
          label="Virtual model number"
          maxLength={40}
          mono
          value={form.modelNumber}
          onChange={(modelNumber) => set({ modelNumber })}
        />
        <TextField
          label="Virtual firmware revision"
          maxLength={8}
          mono
          value={form.firmwareRevision}
          onChange={(firmwareRevision) => set({ firmwareRevision })}
        />
      </div>
      <div className={styles.formRow}>
        <TextField
          label="Virtual IEEE OUI"
          description="Six hexadecimal digits."
          error={
            identity === null ? 'Six hexadecimal digits, and a UUID beside; or leave them empty.' : undefined
          }
          maxLength={8}
          mono
          value={form.ieee}
          onChange={(ieee) => set({ ieee })}
        />
        <TextField
          label="Virtual FGUID"
          description="A UUID; zeros say that there is none."
          maxLength={36}
          mono
          value={form.fguid}
          onChange={(fguid) => set({ fguid })}
        />
      </div>
      {intent !== null && error !== null ? <ErrorNotice error={error} title="It would be refused" /> : null}
    </Dialog>
  );
}

function formOf(identity: VirtualIdentity | undefined): IdentityForm {
  return {
    serialNumber: identity?.serialNumber ?? '',
    modelNumber: identity?.modelNumber ?? '',
    firmwareRevision: identity?.firmwareRevision ?? '',
    ieee: identity?.ieee === undefined ? '' : identity.ieee.toString(16).padStart(6, '0'),
    fguid: identity?.fguid ?? '',
  };
}

/** The texts alone, while the numbers are half typed. */
function formIdentity({ serialNumber, modelNumber, firmwareRevision }: IdentityForm): VirtualIdentity {
  return { serialNumber, modelNumber, firmwareRevision };
}
