import { useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import { SegmentedControl } from '../ui/controls/segmented-control.tsx';
import { IntentDialog } from './intent-dialog.tsx';

/** `none`: no driver is bound; any other driver than these two also shows as none. */
type Driver = 'nvme' | 'vfio-pci' | 'none';

const words: Record<Driver, string> = {
  nvme: 'The host itself uses the controller; its namespaces become block devices of the host.',
  'vfio-pci':
    'The function can be passed through to a virtual machine; the host no longer sees its namespaces.',
  none: 'No driver uses the function.',
};

/** Which kernel driver a PCI function is bound to. */
export function DriverDialog({
  fleet,
  controllerId,
}: {
  readonly fleet: Fleet;
  readonly controllerId: string;
}) {
  const controller = fleet.controllers[controllerId];
  const present: Driver =
    controller?.driver === 'nvme' || controller?.driver === 'vfio-pci' ? controller.driver : 'none';
  const [driver, setDriver] = useState<Driver>(present);
  if (controller === undefined) return null;
  return (
    <IntentDialog
      title={`Driver of ${controllerFullTitle(fleet, controller)}`}
      description={`Bound now: ${controller.driver ?? 'none'}`}
      intent={
        driver === present
          ? null
          : { kind: 'set-driver', controllerId, driver: driver === 'none' ? null : driver }
      }
      missing="This driver is already bound."
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
      <p className="mute">{words[driver]}</p>
    </IntentDialog>
  );
}
