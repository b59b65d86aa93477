import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle, secondariesOf } from '#shared/fleet/selectors.ts';
import { Banner } from '../ui/content/states.tsx';
import { TextField } from '../ui/controls/form.tsx';
import { wholeNumber } from '../ui/whole-number.ts';
import { IntentDialog } from './intent-dialog.tsx';

/** How many virtual functions exist (sriov_numvfs), and what dies with the change. */
export function VfCountDialog({ fleet, primaryId }: { readonly fleet: Fleet; readonly primaryId: string }) {
  const primary = fleet.controllers[primaryId];
  const [text, setText] = useState(primary?.role === 'primary' ? String(primary.numVfs) : '');
  if (primary?.role !== 'primary') return null;
  const count = wholeNumber(text, primary.totalVfs);
  const used = secondariesOf(fleet, primary).filter(
    (secondary) =>
      secondary.online || secondary.virtualMachineId !== null || secondary.virtualSubsystemId !== null,
  );
  const changes = count !== null && count !== primary.numVfs;
  return (
    <IntentDialog
      title={`VF count of ${controllerFullTitle(fleet, primary)}`}
      description="The kernel changes the count only by way of 0, so every virtual function disappears for a moment."
      intent={changes ? { kind: 'set-vf-count', primaryId, count } : null}
      missing={
        count === null ? `Enter a number from 0 to ${primary.totalVfs}.` : 'This is the current count.'
      }
    >
      <TextField
        label="Virtual functions"
        description={`0 to ${primary.totalVfs}; now ${primary.numVfs}`}
        error={count === null ? `Enter a whole number from 0 to ${primary.totalVfs}.` : undefined}
        inputMode="numeric"
        value={text}
        onChange={setText}
      />
      {changes && used.length > 0 ? (
        <Banner
          tone="warning"
          title={`${countWords(used.length, 'secondary controller')} in use would lose ${used.length === 1 ? 'its' : 'their'} function`}
          lines={[used.map((secondary) => `VF ${secondary.vfn}`).join(', ')]}
        />
      ) : null}
    </IntentDialog>
  );
}
