import { ArrowDown, ArrowUp, GripVertical } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Fleet, VirtualSubsystem } from '#shared/fleet/schema.ts';
import { controllerFullTitle, controllerTitle, virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import carryStyles from '../../carry/carry.module.css';
import { PlannedDialog } from '../../procedures/planned-dialog.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { TextField } from '../../ui/controls/form.tsx';
import { announce } from '../../ui/overlays/announcer.tsx';
import styles from '../dialog.module.css';
import { changesOf, closeGaps, moveMember, numbersOf, renumberIntent } from './renumber.ts';

/** Gives the members other virtual ids: typed, dragged past each other, or without gaps; what changes stands below. */
export function RenumberDialog({
  fleet,
  subsystem,
  onClose,
}: {
  readonly fleet: Fleet;
  readonly subsystem: VirtualSubsystem;
  readonly onClose: () => void;
}) {
  const [numbers, setNumbers] = useState(() => numbersOf(subsystem));
  const list = useRef<HTMLUListElement>(null);
  // Index of the row under the pointer's hand; null: none.
  const [dragging, setDragging] = useState<number | null>(null);
  const intent = renumberIntent(subsystem, numbers);
  const changes = changesOf(subsystem, numbers);
  const nameOf = (id: string) => {
    const controller = fleet.controllers[id];
    return controller === undefined ? id : controllerFullTitle(fleet, controller);
  };
  const shortNameOf = (id: string) => {
    const controller = fleet.controllers[id];
    return controller === undefined ? id : controllerTitle(controller);
  };
  // By keyboard and by the arrow buttons; says the new id, because the row has moved away from the reader.
  const move = (from: number, to: number) => {
    const moved = moveMember(numbers, from, to);
    if (moved === numbers) return;
    setNumbers(moved);
    announce(`${nameOf(numbers[from]?.secondaryId ?? '')}: virtual id ${moved[to]?.text ?? ''}.`);
  };
  /** Listens on the window: the rows change places under the pointer, and with them what is under it. */
  const startDrag = (start: number) => {
    let at = start;
    setDragging(start);
    const drag = ({ clientY }: PointerEvent) => {
      const rows = [...(list.current?.children ?? [])].map((row) => row.getBoundingClientRect());
      const to = rows.findIndex(({ top, bottom }) => clientY >= top && clientY < bottom);
      if (to < 0 || to === at) return;
      const from = at;
      at = to;
      setNumbers((before) => moveMember(before, from, to));
      setDragging(to);
    };
    const ends = new AbortController();
    const end = () => {
      ends.abort();
      setDragging(null);
    };
    window.addEventListener('pointermove', drag, { signal: ends.signal });
    window.addEventListener('pointerup', end, { signal: ends.signal });
    window.addEventListener('pointercancel', end, { signal: ends.signal });
  };
  return (
    <PlannedDialog
      onClose={onClose}
      title={`Renumber ${virtualSubsystemTitle(subsystem)}`}
      description="A guest reads the virtual id as its CNTLID. It must not change while the guest has the controller."
      intent={intent}
      missing="Enter a whole number for every member."
      aside={
        <Button onClick={() => setNumbers(closeGaps(numbers, subsystem.primaryVirtualId))}>Close gaps</Button>
      }
    >
      <ul ref={list} className={styles.renumber}>
        {numbers.map(({ secondaryId, text }, index) => {
          const name = nameOf(secondaryId);
          return (
            <li key={secondaryId} data-dragging={index === dragging}>
              <Button
                kind="quiet"
                icon
                className={carryStyles.handle ?? ''}
                aria-label={`Move ${name} in the order`}
                title="Drag it, or press the up and down keys"
                onPointerDown={(event) => {
                  if (event.button === 0) startDrag(index);
                }}
                onKeyDown={(event) => {
                  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
                  if (by === undefined) return;
                  event.preventDefault();
                  move(index, index + by);
                }}
              >
                <GripVertical size={14} aria-hidden />
              </Button>
              <TextField
                label={`Virtual id of ${name}`}
                inputMode="numeric"
                mono
                value={text}
                onChange={(next) =>
                  setNumbers(numbers.map((one, place) => (place === index ? { ...one, text: next } : one)))
                }
              />
              <Button
                kind="quiet"
                icon
                aria-label={`Swap ${name} with the previous one`}
                unavailable={index === 0}
                onClick={() => move(index, index - 1)}
              >
                <ArrowUp size={14} aria-hidden />
              </Button>
              <Button
                kind="quiet"
                icon
                aria-label={`Swap ${name} with the next one`}
                unavailable={index === numbers.length - 1}
                onClick={() => move(index, index + 1)}
              >
                <ArrowDown size={14} aria-hidden />
              </Button>
            </li>
          );
        })}
      </ul>
      <p className="mute">
        {changes.length === 0
          ? 'No changes yet. Drag a controller to another position: the ids stay where they are.'
          : `Changes: ${changes.map(({ secondaryId, from, to }) => `${shortNameOf(secondaryId)} ${from} → ${to}`).join(', ')}`}
      </p>
    </PlannedDialog>
  );
}
