import { useState } from 'react';
import { neutralIdentity } from '#shared/virtual-subsystem/leak-check/leak-fixes.ts';
import { PlannedDialog } from '../../procedures/planned-dialog.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { IdentityFields } from '../create/identity-fields.tsx';
import {
  type IdentityForm,
  identityForm,
  identityFromForm,
  identityNotWhole,
  textsOf,
} from '../create/identity-form.ts';
import type { SubsystemGroup } from '../subsystem-groups.ts';

/** What guests read instead of the drive's names; the same on every host, in one procedure. */
export function IdentityDialog({
  group,
  onClose,
}: {
  readonly group: SubsystemGroup;
  readonly onClose: () => void;
}) {
  const [form, setForm] = useState<IdentityForm>(() => identityForm(group.instances[0]?.subsystem.identity));
  const set = (patch: Partial<IdentityForm>) => setForm((before) => ({ ...before, ...patch }));
  const identity = identityFromForm(form);
  const intent =
    identity === null
      ? null
      : ({
          kind: 'set-virtual-identity',
          virtualSubsystemIds: group.instances.map(({ subsystem }) => subsystem.id),
          identity,
        } as const);
  return (
    <PlannedDialog
      wide
      onClose={onClose}
      title={`Identity of ${group.name}`}
      description="Empty fields show the drive's own values. The virtual NQN never changes: it is the name."
      intent={intent}
      missing={identityNotWhole}
      aside={
        <Button onClick={() => setForm(identityForm(neutralIdentity(group.nqn, identity ?? textsOf(form))))}>
          Fill in the empty fields
        </Button>
      }
    >
      <IdentityFields form={form} onChange={set} />
    </PlannedDialog>
  );
}
