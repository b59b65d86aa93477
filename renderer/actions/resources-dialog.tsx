import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { PrimaryController } from '#shared/fleet/schema.ts';
import { findPrimary, freeResources } from '#shared/fleet/selectors.ts';
import { TextField } from '../ui/controls/form.tsx';
import { wholeNumber } from '../ui/whole-number.ts';
import { type ChosenControllers, IntentDialog } from './intent-dialog.tsx';
import { chosenTitle } from './whole-selection.ts';

/** NR of Virtualization Management has 16 bits; the limits of the device are the planner's. */
const largest = 0xffff;

/**
 * Flexible resources of secondaries, or those that primaries keep for themselves: the controllers are all of one role, and
 * all of them get the same.
 */
export function ResourcesDialog({ fleet, controllerIds, left }: ChosenControllers) {
  const controllers = controllerIds.flatMap((id) => fleet.controllers[id] ?? []);
  const last = controllers.at(-1);
  const primaries = [
    ...new Set(
      controllers.flatMap(
        (one) => findPrimary(fleet, one.role === 'secondary' ? one.primaryId : one.id) ?? [],
      ),
    ),
  ];
  // What the last one has now: a secondary its own, a primary what it allocated to itself.
  const held =
    last?.role === 'secondary'
      ? { vq: last.nvq, vi: last.nvi }
      : last?.role === 'primary'
        ? { vq: last.vq.allocatedToPrimary, vi: last.vi.allocatedToPrimary }
        : { vq: 0, vi: 0 };
  const [vqText, setVq] = useState(String(held.vq));
  const [viText, setVi] = useState(String(held.vi));
  if (last === undefined || primaries.length === 0) return null;
  const vq = wholeNumber(vqText, largest);
  const vi = wholeNumber(viText, largest);
  const isSecondary = last.role === 'secondary';
  const ids = [...controllerIds];
  const intent =
    vq === null || vi === null
      ? null
      : isSecondary
        ? ({ kind: 'set-resources', secondaryIds: ids, vq, vi } as const)
        : ({ kind: 'allocate-to-primary', primaryIds: ids, vq, vi } as const);
  const wrong = 'Enter a whole number from 0 to 65535.';
  const each = controllers.length > 1 ? ' for each' : '';
  return (
    <IntentDialog
      title={`Resources of ${chosenTitle(fleet, controllerIds)}`}
      description={
        isSecondary
          ? 'Resources can be changed only while a secondary is offline. One that is online is taken offline and brought back online afterwards.'
          : 'A new allocation takes effect at the next controller reset of the primary.'
      }
      intent={intent}
      missing="Enter a whole number in both fields."
      left={left}
    >
      <TextField
        label={`VQ resources${each}`}
        description={poolWords(primaries, 'vq', isSecondary)}
        error={vq === null ? wrong : undefined}
        inputMode="numeric"
        value={vqText}
        onChange={setVq}
      />
      <TextField
        label={`VI resources${each}`}
        description={poolWords(primaries, 'vi', isSecondary)}
        error={vi === null ? wrong : undefined}
        inputMode="numeric"
        value={viText}
        onChange={setVi}
      />
    </IntentDialog>
  );
}

/** Pool, limit and granularity, as the primary reported them; of several primaries what holds for all of them. */
function poolWords(
  primaries: readonly PrimaryController[],
  resource: 'vq' | 'vi',
  isSecondary: boolean,
): string {
  const [first] = primaries;
  const most = Math.min(...primaries.map((primary) => primary[resource].secondaryMaximum));
  const limit = isSecondary ? `, at most ${most} for one secondary` : '';
  if (first === undefined || primaries.length > 1) {
    const least = Math.min(...primaries.map((primary) => freeResources(primary, resource)));
    return `${countWords(primaries.length, 'primary controller')}, each with at least ${least} free${limit}`;
  }
  const pool = first[resource];
  return `${freeResources(first, resource)} of ${pool.total} free${limit}, granularity ${pool.granularity}`;
}
