import { ArrowDown, ArrowUp } from 'lucide-react';
import { useState } from 'react';
import type { Fleet, VirtualSubsystem } from '#shared/fleet/schema.ts';
import { controllerFullTitle, virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { stage } from '../assignment/intents.ts';
import { useRequest } from '../bridge/use-request.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/form.tsx';
import { ErrorNotice } from '../ui/states.tsx';
import styles from './virtual-subsystems.module.css';

type Numbers = readonly { readonly secondaryId: string; readonly text: string }[];

/** Gives the members other virtual ids: typed, or exchanged with the neighbour. */
export function RenumberDialog({
  fleet,
  subsystem,
  onClose,
}: {
  readonly fleet: Fleet;
  readonly subsystem: VirtualSubsystem;
  readonly onClose: () => void;
}) {
  const [numbers, setNumbers] = useState<Numbers>(() =>
    subsystem.members.map(({ controllerId, virtualControllerId }) => ({
      secondaryId: controllerId,
      text: String(virtualControllerId),
    })),
  );
  const intent = intentOf(subsystem, numbers);
  const { value: plan, error } = useRequest('procedure:plan', intent === null ? null : { intent });
  const exchange = (index: number, other: number) =>
    setNumbers((before) =>
      before.map((one, place) => {
        const partner = place === index ? other : place === other ? index : place;
        return { ...one, text: before[partner]?.text ?? one.text };
      }),
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Renumber ${virtualSubsystemTitle(subsystem)}`}
      description="A guest reads the virtual id as its CNTLID. It must not change while the guest has the controller."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            unavailable={
              intent === null
                ? 'Give every member a whole number.'
                : (error?.message ?? (plan === null ? 'Planning…' : false))
            }
            onClick={() => {
              if (intent === null) return;
              onClose();
              stage(intent);
            }}
          >
            Review…
          </Button>
        </>
      }
    >
      <ul className={styles.renumber}>
        {numbers.map(({ secondaryId, text }, index) => {
          const controller = fleet.controllers[secondaryId];
          const name = controller === undefined ? secondaryId : controllerFullTitle(fleet, controller);
          return (
            <li key={secondaryId}>
              <TextField
                label={`Virtual id of ${name}`}
                inputMode="numeric"
                mono
                value={text}
                onChange={(next) =>
                  setNumbers((before) =>
                    before.map((one, place) => (place === index ? { ...one, text: next } : one)),
                  )
                }
              />
              <Button
                kind="quiet"
                icon
                aria-label={`Exchange ${name} with the one before`}
                unavailable={index === 0}
                onClick={() => exchange(index, index - 1)}
              >
                <ArrowUp size={14} aria-hidden />
              </Button>
              <Button
                kind="quiet"
                icon
                aria-label={`Exchange ${name} with the one after`}
                unavailable={index === numbers.length - 1}
                onClick={() => exchange(index, index + 1)}
              >
                <ArrowDown size={14} aria-hidden />
              </Button>
            </li>
          );
        })}
      </ul>
      {error === null || intent === null ? null : <ErrorNotice error={error} title="It would be refused" />}
    </Dialog>
  );
}

function intentOf(subsystem: VirtualSubsystem, numbers: Numbers): Intent | null {
  if (numbers.some(({ text }) => !/^\d{1,5}$/.test(text.trim()) || Number(text) > 0xffff)) return null;
  return {
    kind: 'renumber-virtual-controllers',
    virtualSubsystemId: subsystem.id,
    members: numbers.map(({ secondaryId, text }) => ({ secondaryId, virtualControllerId: Number(text) })),
  };
}
