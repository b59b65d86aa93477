import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { DeviceMapping } from '#shared/migration/request.ts';
import { Button } from '../../../ui/controls/button.tsx';
import { destinationControllerOptions } from '../steps/mapping-options.ts';
import styles from './mapping.module.css';

/** More would bury the devices; every controller is in the list of each device. */
const mostShown = 24;

/** What a drag of this page carries, so that nothing else can be dropped on a device. */
export const draggedType = 'application/x-berth-destination';

/**
 * The free controllers of the destination host. One is dragged onto a device, or picked up with Space or a click and put
 * down with the button that every device has then.
 */
export function FreeControllers({
  fleet,
  hostId,
  devices,
  picked,
  onPick,
}: {
  readonly fleet: Fleet;
  readonly hostId: string;
  readonly devices: readonly DeviceMapping[];
  /** Id of the controller that was picked up; null: none. */
  readonly picked: string | null;
  readonly onPick: (id: string | null) => void;
}) {
  const free = destinationControllerOptions(fleet, hostId, devices, '').filter(
    ({ disabled }) => disabled !== true,
  );
  if (free.length === 0) return null;
  const shown = free.slice(0, mostShown);
  return (
    <section className={styles.free} aria-label="Free controllers">
      <p className="mute">
        Drag one onto a device, or pick it up with Space and put it down at a device.
        {free.length > shown.length
          ? ` ${countWords(free.length - shown.length, 'more', 'more')} in the list of each device.`
          : ''}
      </p>
      <div className={styles.chips}>
        {shown.map(({ value, label }) => (
          <Button
            key={value}
            size="small"
            draggable
            aria-pressed={picked === value}
            onDragStart={(event) => {
              event.dataTransfer.setData(draggedType, value);
              event.dataTransfer.effectAllowed = 'move';
              onPick(value);
            }}
            onDragEnd={() => onPick(null)}
            onClick={() => onPick(picked === value ? null : value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') onPick(null);
            }}
          >
            {label}
          </Button>
        ))}
      </div>
      <span role="status" className="visually-hidden">
        {picked === null ? '' : 'Picked up. Choose “Put here” at a device; Escape lets it go.'}
      </span>
    </section>
  );
}
