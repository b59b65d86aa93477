import { Monitor } from 'lucide-react';
import { useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Fleet, VirtualMachine } from '#shared/fleet/schema.ts';
import {
  controllerTitle,
  findPrimary,
  findSecondary,
  hostTitle,
  virtualSubsystemOf,
} from '#shared/fleet/selectors.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { selectRuns, useRuns } from '../../../fleet-mirror/runs-store.ts';
import { goTo } from '../../../navigation.ts';
import { Tag } from '../../../ui/content/small.tsx';
import { EmptyState } from '../../../ui/content/states.tsx';
import { Button } from '../../../ui/controls/button.tsx';
import { ChoiceList } from '../../../ui/controls/choice-list.tsx';
import { TextInput } from '../../../ui/controls/text-input.tsx';
import { formatMemory } from '../../../ui/format.ts';
import { hasEveryWord, searchWords } from '../../../ui/search-words.ts';
import { dispatch } from '../dispatch.ts';
import { selectedMachines } from '../open-wizard.ts';
import styles from '../wizard.module.css';
import type { WizardState } from '../wizard-state.ts';
import { machinesUnderWay, sourceRefusals } from './source-refusals.ts';
import { StepPage } from './step-page.tsx';

/** Above this many machines a filter helps more than it costs. */
const filterFrom = 8;

/** Step 1: which virtual machine moves. */
export function SourceStep({ state, fleet }: { readonly state: WizardState; readonly fleet: Fleet }) {
  const [text, setText] = useState('');
  const machines = Object.values(fleet.virtualMachines);
  const active = useRuns(useShallow((runs) => selectRuns(runs, isActive)));
  const moving = machinesUnderWay(active);
  const several = selectedMachines(fleet);
  if (machines.length === 0) {
    return (
      <EmptyState
        icon={Monitor}
        title="This fleet has no virtual machine"
        actions={<Button onClick={() => goTo('topology')}>Go to the topology</Button>}
      >
        A migration moves a virtual machine with its secondary controllers. Open a fleet that has one.
      </EmptyState>
    );
  }
  const shown = machines
    .filter((machine) => matches(fleet, machine, text))
    .sort((a, b) => Number(several.includes(b.id)) - Number(several.includes(a.id)));
  const chosen = state.choice.kind === 'nothing' ? null : state.choice.virtualMachineId;
  return (
    <StepPage
      title="Which virtual machine moves?"
      text={
        several.length > 0
          ? `${several.length} virtual machines are selected. They move one after the other: this migration moves the one that is chosen here.`
          : 'It moves with its secondary controllers: their identity, resources, namespaces and saved state.'
      }
    >
      {machines.length > filterFrom ? (
        <div className={styles.choiceFilter}>
          <TextInput
            aria-label="Filter virtual machines"
            placeholder="Filter: name, host, state…"
            value={text}
            onChange={setText}
          />
        </div>
      ) : null}
      {shown.length === 0 ? <p className="mute">No virtual machine matches the filter.</p> : null}
      <ChoiceList
        label="Virtual machine"
        value={chosen}
        onChoose={(virtualMachineId) => dispatch({ kind: 'choose-source', virtualMachineId })}
        choices={shown.map((machine) => ({
          id: machine.id,
          title: machine.name,
          details: details(fleet, machine),
          refusals: sourceRefusals(fleet, machine, moving),
          aside: <Tag tone={machine.state === 'running' ? 'online' : 'neutral'}>{machine.state}</Tag>,
        }))}
      />
    </StepPage>
  );
}

/** Host, size and devices, each with its virtual id: a guest is known by these. */
function details(fleet: Fleet, machine: VirtualMachine): string {
  const secondaries = machine.deviceIds.flatMap((id) => findSecondary(fleet, id) ?? []);
  const severalPrimaries = new Set(secondaries.map((secondary) => secondary.primaryId)).size > 1;
  const devices = secondaries.map((secondary) => {
    const primary = severalPrimaries ? findPrimary(fleet, secondary.primaryId) : undefined;
    const title = `${controllerTitle(secondary)}${primary === undefined ? '' : ` of ${controllerTitle(primary)}`}`;
    const virtual = virtualSubsystemOf(fleet, secondary);
    return virtual === undefined ? title : `${title} as ${secondary.virtualControllerId}`;
  });
  const size = `${machine.vcpus} vCPU · ${formatMemory(machine.memoryBytes)}`;
  return [`on ${hostTitle(fleet, machine.hostId)}`, size, devices.join(', ')].filter(Boolean).join(' · ');
}

function matches(fleet: Fleet, machine: VirtualMachine, text: string): boolean {
  return hasEveryWord(
    `${machine.name} ${hostTitle(fleet, machine.hostId)} ${machine.state}`,
    searchWords(text),
  );
}
