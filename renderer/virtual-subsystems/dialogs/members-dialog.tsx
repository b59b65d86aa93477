import { useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import { hostingPrimaries } from '#shared/virtual-subsystem/baseline/suggestions.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/form.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import styles from '../dialog.module.css';

/** Picks the primary controllers under which the guests may ever run. */
export function MembersDialog({
  fleet,
  chosen,
  onChoose,
  onClose,
}: {
  readonly fleet: Fleet;
  /** Ids of primary controllers. */
  readonly chosen: readonly string[];
  readonly onChoose: (primaryIds: readonly string[]) => void;
  readonly onClose: () => void;
}) {
  const [ids, setIds] = useState(chosen);
  const all = hostingPrimaries(fleet);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Members of the baseline"
      description="Every place where the guests may run. The baseline is what all of them offer."
      footer={
        <>
          <Button onClick={() => setIds(all.map(({ id }) => id))}>Select all</Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            unavailable={ids.length === 0 ? 'Choose at least one.' : false}
            onClick={() => {
              onChoose(ids);
              onClose();
            }}
          >
            Use the selected ones
          </Button>
        </>
      }
    >
      <ul className={styles.freeList} aria-label="Primary controllers">
        {all.map((primary) => (
          <li key={primary.id}>
            <Checkbox
              checked={ids.includes(primary.id)}
              onChange={(on) =>
                setIds((before) => (on ? [...before, primary.id] : before.filter((id) => id !== primary.id)))
              }
            >
              {controllerFullTitle(fleet, primary)}{' '}
              <span className="mute">{primary.identity?.modelNumber ?? 'not read'}</span>
            </Checkbox>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
