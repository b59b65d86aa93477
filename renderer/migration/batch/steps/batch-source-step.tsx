import { useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Fleet, VirtualMachine } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { selectRuns, useRuns } from '../../../fleet-mirror/runs-store.ts';
import { Card, Tag } from '../../../ui/content/small.tsx';
import { Checkbox, SelectField } from '../../../ui/controls/form.tsx';
import { TextInput } from '../../../ui/controls/text-input.tsx';
import { formatMemory } from '../../../ui/format.ts';
import { hasEveryWord, searchWords } from '../../../ui/search-words.ts';
import { machinesUnderWay, sourceRefusals } from '../../wizard/steps/source-refusals.ts';
import { StepPage } from '../../wizard/steps/step-page.tsx';
import wizardStyles from '../../wizard/wizard.module.css';
import styles from '../batch.module.css';
import { type BatchDraft, changeDraft } from '../batch-draft.ts';

const pick = 'pick';

/** Step 1: which virtual machines move: some that are ticked, or all of a host. */
export function BatchSourceStep({ draft, fleet }: { readonly draft: BatchDraft; readonly fleet: Fleet }) {
  const [text, setText] = useState('');
  const active = useRuns(useShallow((runs) => selectRuns(runs, isActive)));
  const underWay = machinesUnderWay(active);
  const { what } = draft;
  const machines = Object.values(fleet.virtualMachines);
  const hosts = Object.values(fleet.hosts).filter(({ id }) => machines.some(({ hostId }) => hostId === id));
  const ticked = what.kind === 'machines' ? what.virtualMachineIds : [];
  const tick = (id: string, on: boolean) =>
    changeDraft({
      what: {
        kind: 'machines',
        virtualMachineIds: on ? [...ticked, id] : ticked.filter((other) => other !== id),
      },
    });
  const shown = machines.filter((machine) =>
    hasEveryWord(`${machine.name} ${hostTitle(fleet, machine.hostId)} ${machine.state}`, searchWords(text)),
  );
  return (
    <StepPage
      title="Which virtual machines move?"
      text="Each moves with its secondary controllers. They start one after the other, as many at once as you allow."
    >
      <div className={wizardStyles.group}>
        <SelectField
          label="What moves"
          value={what.kind === 'evacuate' ? what.hostId : pick}
          options={[
            { value: pick, label: 'The virtual machines that are ticked' },
            ...hosts.map(({ id, name }) => ({ value: id, label: `Everything on ${name} (evacuate)` })),
          ]}
          onChange={(value) =>
            changeDraft({
              what:
                value === pick
                  ? { kind: 'machines', virtualMachineIds: [] }
                  : { kind: 'evacuate', hostId: value },
              ...{ chosen: {}, left: [], order: [] },
            })
          }
        />
      </div>
      {what.kind === 'evacuate' ? null : (
        <>
          <div className={wizardStyles.choiceFilter}>
            <TextInput
              aria-label="Filter virtual machines"
              placeholder="Filter: name, host, state…"
              value={text}
              onChange={setText}
            />
          </div>
          <Card label="Virtual machines" aside={`${ticked.length} ticked`}>
            {shown.length === 0 ? (
              <p className={styles.nothing}>No virtual machine matches the filter.</p>
            ) : null}
            <ul className={styles.machines}>
              {shown.map((machine) => (
                <Machine
                  key={machine.id}
                  machine={machine}
                  fleet={fleet}
                  isTicked={ticked.includes(machine.id)}
                  refusals={sourceRefusals(fleet, machine, underWay)}
                  onTick={(on) => tick(machine.id, on)}
                />
              ))}
            </ul>
          </Card>
        </>
      )}
    </StepPage>
  );
}

function Machine({
  machine,
  fleet,
  isTicked,
  refusals,
  onTick,
}: {
  readonly machine: VirtualMachine;
  readonly fleet: Fleet;
  readonly isTicked: boolean;
  readonly refusals: readonly string[];
  readonly onTick: (on: boolean) => void;
}) {
  const size = `${machine.vcpus} vCPU · ${formatMemory(machine.memoryBytes)}`;
  return (
    <li>
      <Checkbox checked={isTicked} disabled={refusals.length > 0 && !isTicked} onChange={onTick}>
        <strong>{machine.name}</strong>{' '}
        <span className="mute">
          on {hostTitle(fleet, machine.hostId)} · {size}
        </span>
        {refusals.map((reason) => (
          <span key={reason} className={`${styles.reason} warn`}>
            {reason}
          </span>
        ))}
      </Checkbox>
      <Tag tone={machine.state === 'running' ? 'online' : 'neutral'}>{machine.state}</Tag>
    </li>
  );
}
