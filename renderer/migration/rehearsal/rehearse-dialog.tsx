import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import {
  type RehearsalFault,
  rehearsalFaultMeanings,
  rehearsalFaults,
  rehearsalFaultWords,
  usualRehearsalFaults,
} from '#shared/migration/rehearsal/fault.ts';
import type { Plan } from '#shared/procedure/procedure.ts';
import { SectionLabel } from '../../ui/content/small.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/form.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import styles from './rehearsal.module.css';

/** Which faults at which steps are rehearsed; the steps are chosen by phase. */
export function RehearseDialog({
  plan,
  onClose,
  onStart,
}: {
  readonly plan: Pick<Plan, 'steps'>;
  readonly onClose: () => void;
  readonly onStart: (chosen: {
    readonly faults: readonly RehearsalFault[];
    readonly steps: readonly number[] | null;
  }) => void;
}) {
  const phases = [...new Set(plan.steps.map(({ phase }) => phase))];
  const [faults, setFaults] = useState<ReadonlySet<RehearsalFault>>(new Set(usualRehearsalFaults));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(phases));
  const steps = plan.steps.flatMap(({ phase }, index) => (chosen.has(phase) ? [index] : []));
  const cases = steps.length * faults.size;
  const unavailable = faults.size === 0 ? 'Choose a fault.' : steps.length === 0 ? 'Choose a phase.' : false;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="Rehearse this plan on simulated twins"
      description="The very plan runs on twins of the hosts in simulated time, once for each step and fault. The open fleet is not touched. Where the plan waits for a person, the rehearsal goes on at once."
      footer={
        <>
          <span className="mute">At most {countWords(cases, 'case')}</span>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            unavailable={unavailable}
            onClick={() =>
              onStart({
                faults: rehearsalFaults.filter((fault) => faults.has(fault)),
                steps: steps.length === plan.steps.length ? null : steps,
              })
            }
          >
            Rehearse
          </Button>
        </>
      }
    >
      <SectionLabel>Faults</SectionLabel>
      <div className={styles.quick}>
        <Button size="small" onClick={() => setFaults(new Set(usualRehearsalFaults))}>
          The usual ones
        </Button>
        <Button size="small" onClick={() => setFaults(new Set(rehearsalFaults))}>
          All
        </Button>
        <Button size="small" onClick={() => setFaults(new Set())}>
          None
        </Button>
      </div>
      <div className={styles.choices}>
        {rehearsalFaults.map((fault) => (
          <Checkbox
            key={fault}
            checked={faults.has(fault)}
            onChange={(on) => setFaults((before) => withOne(before, fault, on))}
          >
            <span title={rehearsalFaultMeanings[fault]}>{rehearsalFaultWords[fault]}</span>
          </Checkbox>
        ))}
      </div>
      <SectionLabel>At every step of</SectionLabel>
      <div className={styles.choices}>
        {phases.map((phase) => (
          <Checkbox
            key={phase}
            checked={chosen.has(phase)}
            onChange={(on) => setChosen((before) => withOne(before, phase, on))}
          >
            {phase}
          </Checkbox>
        ))}
      </div>
    </Dialog>
  );
}

function withOne<T>(before: ReadonlySet<T>, one: T, isIn: boolean): ReadonlySet<T> {
  const after = new Set(before);
  if (isIn) after.add(one);
  else after.delete(one);
  return after;
}
