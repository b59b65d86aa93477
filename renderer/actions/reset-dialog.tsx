import { useState } from 'react';
import type { Intent } from '#shared/procedure/intent.ts';
import { SegmentedControl } from '../ui/controls/segmented-control.tsx';
import { type ChosenControllers, IntentDialog } from './intent-dialog.tsx';
import { chosenTitle } from './whole-selection.ts';

type Reset = Extract<Intent, { kind: 'reset' }>['reset'];

/** What each reset means; what it interrupts here and now the review says. */
const words: Record<Reset, string> = {
  controller: 'Controller reset: CC.EN goes to 0 and back. Its queues and features are set up again.',
  function: 'Function level reset: the PCI function and the controller behind it restart.',
  subsystem: 'NVM subsystem reset: every controller of the subsystem restarts, on every host.',
};

/** Which reset; the review shows what dies with it. */
export function ResetDialog({ fleet, controllerIds, left }: ChosenControllers) {
  const [reset, setReset] = useState<Reset>('controller');
  return (
    <IntentDialog
      title={`Reset ${chosenTitle(fleet, controllerIds)}`}
      intent={{ kind: 'reset', controllerIds: [...controllerIds], reset }}
      left={left}
    >
      <SegmentedControl<Reset>
        label="Kind of reset"
        value={reset}
        onChange={setReset}
        segments={[
          { value: 'controller', label: 'Controller' },
          { value: 'function', label: 'Function' },
          { value: 'subsystem', label: 'NVM subsystem' },
        ]}
      />
      <p className="mute">{words[reset]}</p>
    </IntentDialog>
  );
}
