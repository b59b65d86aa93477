import { useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle, freeResources } from '#shared/fleet/selectors.ts';
import { TextField } from '../ui/controls/form.tsx';
import { wholeNumber } from '../ui/whole-number.ts';
import { IntentDialog } from './intent-dialog.tsx';

/** NR of Virtualization Management has 16 bits; the limits of the device are the planner's. */
const largest = 0xffff;

/** Flexible resources of a secondary, or those that a primary keeps for itself. */
export function ResourcesDialog({
  fleet,
  controllerId,
}: {
  readonly fleet: Fleet;
  readonly controllerId: string;
}) {
  const controller = fleet.controllers[controllerId];
  const primary = controller?.role === 'secondary' ? fleet.controllers[controller.primaryId] : controller;
  // What it has now: a secondary its own, a primary what it allocated to itself.
  const held =
    controller?.role === 'secondary'
      ? { vq: controller.nvq, vi: controller.nvi }
      : controller?.role === 'primary'
        ? { vq: controller.vq.allocatedToPrimary, vi: controller.vi.allocatedToPrimary }
        : { vq: 0, vi: 0 };
  const [vqText, setVq] = useState(String(held.vq));
  const [viText, setVi] = useState(String(held.vi));
  if (controller === undefined || primary?.role !== 'primary') return null;
  const vq = wholeNumber(vqText, largest);
  const vi = wholeNumber(viText, largest);
  const intent =
    vq === null || vi === null
      ? null
      : controller.role === 'secondary'
        ? ({ kind: 'set-resources', secondaryId: controllerId, vq, vi } as const)
        : ({ kind: 'allocate-to-primary', primaryId: controllerId, vq, vi } as const);
  // Pool, limit and granularity, as the primary reported them.
  const hint = (resource: 'vq' | 'vi') => {
    const pool = primary[resource];
    const limit =
      controller.role === 'secondary' ? `, at most ${pool.secondaryMaximum} for one secondary` : '';
    return `${freeResources(primary, resource)} of ${pool.total} free${limit}, granularity ${pool.granularity}`;
  };
  const wrong = 'Enter a whole number from 0 to 65535.';
  return (
    <IntentDialog
      title={`Resources of ${controllerFullTitle(fleet, controller)}`}
      description={
        controller.role === 'secondary'
          ? 'Resources can be changed only while the secondary is offline. One that is online is taken offline and brought back online afterwards.'
          : 'A new allocation takes effect at the next controller reset of the primary.'
      }
      intent={intent}
      missing="Enter a whole number in both fields."
    >
      <TextField
        label="VQ resources"
        description={hint('vq')}
        error={vq === null ? wrong : undefined}
        inputMode="numeric"
        value={vqText}
        onChange={setVq}
      />
      <TextField
        label="VI resources"
        description={hint('vi')}
        error={vi === null ? wrong : undefined}
        inputMode="numeric"
        value={viText}
        onChange={setVi}
      />
    </IntentDialog>
  );
}
