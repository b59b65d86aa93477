import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { PrimaryController } from '#shared/fleet/schema.ts';
import { findPrimary, secondariesOf } from '#shared/fleet/selectors.ts';
import { Banner } from '../ui/content/states.tsx';
import { TextField } from '../ui/controls/form.tsx';
import { wholeNumber } from '../ui/whole-number.ts';
import { type ChosenControllers, IntentDialog } from './intent-dialog.tsx';
import { chosenTitle, onlyValue } from './whole-selection.ts';

/** How many virtual functions exist (sriov_numvfs), and what dies with the change. */
export function VfCountDialog({ fleet, controllerIds, left }: ChosenControllers) {
  const primaries = controllerIds.flatMap((id) => findPrimary(fleet, id) ?? []);
  const [text, setText] = useState(() => String(onlyValue(primaries.map(({ numVfs }) => numVfs)) ?? ''));
  // What all of them offer.
  const most = Math.min(...primaries.map(({ totalVfs }) => totalVfs));
  if (primaries.length === 0) return null;
  const count = wholeNumber(text, most);
  const changed = primaries.filter(({ numVfs }) => numVfs !== count);
  const used = changed.flatMap((primary) =>
    secondariesOf(fleet, primary).filter(
      (secondary) =>
        secondary.online || secondary.virtualMachineId !== null || secondary.virtualSubsystemId !== null,
    ),
  );
  const changes = count !== null && changed.length > 0;
  return (
    <IntentDialog
      title={`VF count of ${chosenTitle(fleet, controllerIds)}`}
      description="The kernel changes the count only by way of 0, so every virtual function disappears for a moment."
      intent={changes ? { kind: 'set-vf-count', primaryIds: [...controllerIds], count } : null}
      missing={count === null ? `Enter a number from 0 to ${most}.` : 'This is the current count.'}
      left={left}
    >
      <TextField
        label="Virtual functions"
        description={`0 to ${most}; now ${presentWords(primaries)}`}
        error={count === null && text !== '' ? `Enter a whole number from 0 to ${most}.` : undefined}
        inputMode="numeric"
        value={text}
        onChange={setText}
      />
      {changes && used.length > 0 ? (
        <Banner
          tone="warning"
          title={`${countWords(used.length, 'secondary controller')} in use would lose ${used.length === 1 ? 'its' : 'their'} function`}
          lines={primaries.length > 1 ? [] : [used.map((secondary) => `VF ${secondary.vfn}`).join(', ')]}
        />
      ) : null}
    </IntentDialog>
  );
}

function presentWords(primaries: readonly PrimaryController[]): string {
  const counts = primaries.map(({ numVfs }) => numVfs);
  const [least, largest] = [Math.min(...counts), Math.max(...counts)];
  return least === largest ? String(least) : `${least} to ${largest}`;
}
