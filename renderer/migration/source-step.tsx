import { Monitor } from 'lucide-react';
import type { Fleet, VirtualMachine } from '#shared/fleet/schema.ts';
import { controllerTitle, findSecondary, hostTitle, virtualSubsystemOf } from '#shared/fleet/selectors.ts';
import { goTo } from '../app/navigation.ts';
import { Button } from '../ui/button.tsx';
import { formatMemory } from '../ui/format.ts';
import { Tag } from '../ui/small.tsx';
import { EmptyState } from '../ui/states.tsx';
import { ChoiceList } from './choice-list.tsx';
import { dispatch } from './dispatch.ts';
import { sourceRefusals } from './source-refusals.ts';
import { StepPage } from './step-page.tsx';
import type { WizardState } from './wizard-state.ts';

/** Step 1: which virtual machine moves. */
export function SourceStep({ state, fleet }: { readonly state: WizardState; readonly fleet: Fleet }) {
  const machines = Object.values(fleet.virtualMachines);
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
  const chosen = state.choice.kind === 'nothing' ? null : state.choice.virtualMachineId;
  return (
    <StepPage
      title="Which virtual machine moves?"
      text="It moves with its secondary controllers: their identity, resources, namespaces and saved state."
    >
      <ChoiceList
        label="Virtual machine"
        value={chosen}
        onChoose={(virtualMachineId) => dispatch({ kind: 'choose-source', virtualMachineId })}
        choices={machines.map((machine) => ({
          id: machine.id,
          title: machine.name,
          details: details(fleet, machine),
          refusals: sourceRefusals(fleet, machine),
          aside: <Tag tone={machine.state === 'running' ? 'online' : 'neutral'}>{machine.state}</Tag>,
        }))}
      />
    </StepPage>
  );
}

function details(fleet: Fleet, machine: VirtualMachine): string {
  const devices = machine.deviceIds.flatMap((id) => {
    const secondary = findSecondary(fleet, id);
    if (secondary === undefined) return [];
    const virtual = virtualSubsystemOf(fleet, secondary);
    return [
      virtual === undefined
        ? controllerTitle(secondary)
        : `${controllerTitle(secondary)} as ${secondary.virtualControllerId}`,
    ];
  });
  const size = `${machine.vcpus} vCPU · ${formatMemory(machine.memoryBytes)}`;
  return [`on ${hostTitle(fleet, machine.hostId)}`, size, devices.join(', ')].filter(Boolean).join(' · ');
}
