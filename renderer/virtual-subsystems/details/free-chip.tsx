import { Check, GripVertical } from 'lucide-react';
import type { KeyboardEvent, MouseEvent } from 'react';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { controllerFullTitle, controllerTitle } from '#shared/fleet/selectors.ts';
import type { SecondaryRelease } from '#shared/virtual-subsystem/life-cycle/journal.ts';
import carryStyles from '../../carry/carry.module.css';
import { useCarryHandle } from '../../carry/carry-handle.ts';
import { useCarry } from '../../carry/carry-store.ts';
import { Button } from '../../ui/controls/button.tsx';
import { arrowStep } from '../../ui/controls/radio-keys.ts';
import { formatDateTime } from '../../ui/format.ts';
import styles from './details.module.css';

/** A free secondary controller that can be added, carried alone or with the others that are chosen, and chosen. */
export function FreeChip({
  fleet,
  secondary,
  isChosen,
  carried,
  release,
  readOnly,
  onAdd,
  onToggle,
  onExtend,
  onExtendBy,
  onSelectAll,
  onClear,
}: {
  readonly fleet: Fleet;
  readonly secondary: SecondaryController;
  readonly isChosen: boolean;
  /** What a drag of this chip takes along. */
  readonly carried: readonly string[];
  /** The migration that gave it back; null: none did. */
  readonly release: SecondaryRelease | null;
  readonly readOnly: string | null;
  readonly onAdd: () => void;
  readonly onToggle: () => void;
  readonly onExtend: () => void;
  /** Shift with an arrow: the range grows or shrinks by one chip. */
  readonly onExtendBy: (by: 1 | -1) => void;
  readonly onSelectAll: () => void;
  readonly onClear: () => void;
}) {
  const handle = useCarryHandle(carried);
  // As in a file manager; a plain click is the most frequent wish and therefore adds.
  const click = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey) onToggle();
    else if (event.shiftKey) onExtend();
    else onAdd();
  };
  // While something is carried, every key belongs to the carrying.
  const key = (event: KeyboardEvent<HTMLElement>) => {
    if (useCarry.getState().carry.mode === 'idle' && chooseByKey(event)) event.preventDefault();
    else handle.onKeyDown(event);
  };
  // Answers whether the key was one that chooses. Arrows stop at the ends of the row.
  const chooseByKey = (event: KeyboardEvent<HTMLElement>): boolean => {
    const control = event.ctrlKey || event.metaKey;
    const by = arrowStep(event.key);
    if (by !== null) {
      const chip = event.currentTarget;
      const next = by === 1 ? chip.nextElementSibling : chip.previousElementSibling;
      if (!(next instanceof HTMLElement) || next.dataset.chip === undefined) return true;
      next.focus();
      if (event.shiftKey) onExtendBy(by);
      return true;
    }
    if (event.key === ' ' && control) onToggle();
    else if (event.key.toLowerCase() === 'a' && control) onSelectAll();
    else if (event.key === 'Escape' && isChosen) onClear();
    else return false;
    return true;
  };
  const words = release === null ? null : releaseWords(release);
  return (
    <Button
      {...handle}
      size="small"
      unavailable={readOnly ?? false}
      className={`${carryStyles.handle ?? ''} ${isChosen ? styles.chosenChip : ''}`}
      aria-label={`Add ${controllerFullTitle(fleet, secondary)}`}
      aria-pressed={isChosen}
      data-chip=""
      title={`${words === null ? '' : `${words} `}Click or Enter to add it, Space to pick it up, or drag it`}
      onClick={click}
      onKeyDown={key}
    >
      {isChosen ? <Check size={12} aria-hidden /> : <GripVertical size={12} aria-hidden />}
      {controllerTitle(secondary)}
      {release === null ? null : <span className={styles.virtualWord}>reusable</span>}
    </Button>
  );
}

/** `Reusable since the migration of db-primary at 25 Nov 2026, 21:10:03.` */
export function releaseWords({ virtualMachineName, at, wasReset }: SecondaryRelease): string {
  return `Reusable since the migration of ${virtualMachineName} at ${formatDateTime(at)}${wasReset ? '; it was reset' : ''}.`;
}
