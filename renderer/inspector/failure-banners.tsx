import {
  type ControllerFailure,
  controllerFailure,
  hostFailure,
  machineFailure,
} from '#shared/fleet/failures.ts';
import type { Controller, Fleet, Host, VirtualMachine } from '#shared/fleet/schema.ts';
import { controllerTitle } from '#shared/fleet/selectors.ts';
import { Banner } from '../ui/content/states.tsx';

/** What it means, and what helps. */
const controllerLines: Readonly<Record<ControllerFailure, readonly string[]>> = {
  fatal: [
    'Controller Fatal Status (CSTS.CFS) is 1: it completes no command until it is reset.',
    'Reset it. Whoever works with it loses the commands that are outstanding.',
  ],
  removed: [
    'Its registers read all ones: no device answers at its address.',
    'Check that the drive is in its slot and has power, then let the host scan the bus again.',
  ],
  'not-answering': [
    'The last command to its admin queue was not completed in time. What is shown of it is from before.',
    'Reset it, then read the fleet again.',
  ],
};

export function ControllerFailureBanner({ controller }: { readonly controller: Controller }) {
  const { failure } = controller;
  if (failure === undefined) return null;
  return (
    <Banner
      tone="error"
      title={`${controllerTitle(controller)}: ${controllerFailure(controller) ?? ''}`}
      lines={controllerLines[failure]}
    />
  );
}

export function HostFailureBanner({ fleet, host }: { readonly fleet: Fleet; readonly host: Host }) {
  const failure = hostFailure(fleet, host);
  if (failure === null) return null;
  return (
    <Banner
      tone="error"
      title={`${host.name}: ${failure}`}
      lines={
        host.unread === true
          ? ['It could not be read. What is shown of it is from before.']
          : [
              'It restarted after a power loss: its virtual machines stopped, and its virtual functions must be enabled.',
            ]
      }
    />
  );
}

export function MachineFailureBanner({
  fleet,
  machine,
}: {
  readonly fleet: Fleet;
  readonly machine: VirtualMachine;
}) {
  const failure = machineFailure(fleet, machine);
  if (failure === null) return null;
  const { lostDevices = [] } = machine;
  return (
    <Banner
      tone="error"
      title={`${machine.name}: ${failure}`}
      lines={
        lostDevices.length === 0
          ? ['The guest has it, and gets no answer from it.']
          : [
              `Its configuration names ${lostDevices.join(', ')}, and the host no longer has it.`,
              'Enable the virtual functions again, bring the controller online, and hand it to the virtual machine.',
            ]
      }
    />
  );
}
