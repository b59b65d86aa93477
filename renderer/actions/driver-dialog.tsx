import { useState } from 'react';
import { SegmentedControl } from '../ui/controls/segmented-control.tsx';
import { type ChosenControllers, IntentDialog } from './intent-dialog.tsx';
import { chosenTitle, onlyValue } from './whole-selection.ts';

/** `none`: no driver is bound; any other driver than these two also shows as none. */
type Driver = 'nvme' | 'vfio-pci' | 'none';

const words: Record<Driver, string> = {
  nvme: 'The host itself uses the controller; its namespaces become block devices of the host.',
  'vfio-pci':
    'The function can be passed through to a virtual machine; the host no longer sees its namespaces.',
  none: 'No driver uses the function.',
};

/** Which kernel driver PCI functions are bound to. */
export function DriverDialog({ fleet, controllerIds, left }: ChosenControllers) {
  const bound = controllerIds.map((id) => fleet.controllers[id]?.driver ?? 'none');
  const present = onlyValue(
    bound.map((one): Driver => (one === 'nvme' || one === 'vfio-pci' ? one : 'none')),
  );
  const [driver, setDriver] = useState<Driver | null>(present);
  return (
    <IntentDialog
      title={`Driver of ${chosenTitle(fleet, controllerIds)}`}
      description={`Bound now: ${boundWords(bound)}`}
      intent={
        driver === present || driver === null
          ? null
          : {
              kind: 'set-driver',
              controllerIds: [...controllerIds],
              driver: driver === 'none' ? null : driver,
            }
      }
      missing={driver === null ? 'Choose a driver.' : 'This driver is already bound.'}
      left={left}
    >
      <SegmentedControl<Driver>
        label="Driver"
        value={driver}
        onChange={setDriver}
        segments={[
          { value: 'nvme', label: 'nvme' },
          { value: 'vfio-pci', label: 'vfio-pci' },
          { value: 'none', label: 'None' },
        ]}
      />
      {driver === null ? null : <p className="mute">{words[driver]}</p>}
    </IntentDialog>
  );
}

/** `nvme`, or of several `nvme (3), none (12)`. */
function boundWords(bound: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const one of bound) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => (bound.length === 1 ? name : `${name} (${count.toLocaleString('en-US')})`))
    .join(', ');
}
