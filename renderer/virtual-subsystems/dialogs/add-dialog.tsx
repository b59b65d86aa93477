import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import { canAssign } from '#shared/fleet/rules/assignment.ts';
import type { Fleet, VirtualSubsystem } from '#shared/fleet/schema.ts';
import {
  findPrimary,
  hostTitle,
  isUnassigned,
  secondariesOf,
  virtualSubsystemTitle,
} from '#shared/fleet/selectors.ts';
import { stage } from '../../procedures/intents.ts';
import { EmptyState } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/form.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import styles from '../dialog.module.css';
import { SecondaryWords } from '../secondary-words.tsx';

/** Picks free secondary controllers of the primary; what the pick would mean or why not stands below. */
export function AddDialog({
  fleet,
  subsystem,
  onClose,
}: {
  readonly fleet: Fleet;
  readonly subsystem: VirtualSubsystem;
  readonly onClose: () => void;
}) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const primary = findPrimary(fleet, subsystem.primaryId);
  const free = primary === undefined ? [] : secondariesOf(fleet, primary).filter(isUnassigned);
  const target = { kind: 'virtual-subsystem', virtualSubsystemId: subsystem.id } as const;
  // The same rule that a drop on the virtual subsystem asks.
  const verdict = chosen.length === 0 ? null : canAssign(fleet, chosen, target);
  const name = virtualSubsystemTitle(subsystem);
  const toggle = (id: string, on: boolean) =>
    setChosen((before) => (on ? [...before, id] : before.filter((one) => one !== id)));
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Add controllers to ${name}`}
      description={`Free secondary controllers on ${hostTitle(fleet, subsystem.hostId)} of the same primary controller.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            unavailable={
              chosen.length === 0
                ? 'Choose at least one.'
                : verdict?.allowed === false
                  ? verdict.reasons.join(' ')
                  : false
            }
            onClick={() => {
              onClose();
              stage({ kind: 'assign', secondaryIds: [...chosen], target });
            }}
          >
            {chosen.length === 0 ? 'Review…' : `Review ${countWords(chosen.length, 'controller')}…`}
          </Button>
        </>
      }
    >
      {free.length === 0 ? (
        <EmptyState title="No secondary controller is free">
          Return one to the pool, or enable more virtual functions on the primary controller.
        </EmptyState>
      ) : (
        <ul className={styles.freeList} aria-label="Free secondary controllers">
          {free.map((secondary) => (
            <li key={secondary.id}>
              <Checkbox checked={chosen.includes(secondary.id)} onChange={(on) => toggle(secondary.id, on)}>
                <SecondaryWords fleet={fleet} secondary={secondary} />
              </Checkbox>
            </li>
          ))}
        </ul>
      )}
      {verdict === null ? null : verdict.allowed ? (
        <p className="mute" role="status">
          It will {verdict.words}.
        </p>
      ) : (
        <ul className={styles.reasons} role="alert">
          {verdict.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
