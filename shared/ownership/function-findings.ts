import { controllerFailure } from '../fleet/failures.ts';
import type { Fleet, SecondaryController, VirtualMachine } from '../fleet/schema.ts';
import { controllerFullTitle, machineOf } from '../fleet/selectors.ts';
import type { OwnershipFinding, OwnershipFindingKind, WayOut } from './finding.ts';
import { type Candidate, changes, show } from './ways-out.ts';

/**
 * What is wrong with functions whose guest works, and with those that no guest has. Functions of guests that stand still
 * are told with the guest.
 */
export function functionFindings(fleet: Fleet): OwnershipFinding[] {
  return Object.values(fleet.controllers).flatMap((controller) => {
    if (controller.role !== 'secondary') return [];
    const machine = machineOf(fleet, controller);
    if (machine === undefined) return unowned(fleet, controller);
    return machine.state === 'running' ? owned(fleet, controller, machine) : [];
  });
}

/** The gravest of what keeps a guest from its function. */
function owned(fleet: Fleet, secondary: SecondaryController, machine: VirtualMachine): OwnershipFinding[] {
  const title = controllerFullTitle(fleet, secondary);
  const { vfioState } = secondary;
  const failure = controllerFailure(secondary);
  const finding = (kind: OwnershipFindingKind, words: string, evidence: string): OwnershipFinding[] => [
    {
      kind,
      objectIds: [secondary.id, machine.id],
      title: `${machine.name} runs, and ${title} ${words}.`,
      lines: [evidence],
      waysOut: functionWaysOut(fleet, secondary, title, kind),
    },
  ];
  if (failure !== null)
    return finding('function-failed', `has failed (${failure})`, 'The guest gets no answer from it.');
  if (!secondary.online)
    return finding(
      'function-offline',
      'is offline',
      'The Secondary Controller List says Offline, and the guest has it all the same.',
    );
  if (vfioState === 'ERROR')
    return finding(
      'function-in-error',
      'is in the VFIO state ERROR',
      'Only a reset of the function ends that state.',
    );
  if (vfioState === 'STOP' || vfioState === 'STOP_COPY' || vfioState === 'RESUMING')
    return finding(
      'function-suspended',
      `is suspended (VFIO state ${vfioState})`,
      'It completes no command of the guest until it is resumed.',
    );
  if (secondary.suspended === true)
    return finding(
      'function-suspended',
      'is suspended',
      'Migration Receive says so (CSUP), although its VFIO device is RUNNING.',
    );
  return vfioState === null || vfioState === 'RUNNING'
    ? []
    : finding(
        'function-left-in-state',
        `is in the VFIO state ${vfioState}`,
        'No migration of the guest is under way.',
      );
}

function unowned(fleet: Fleet, secondary: SecondaryController): OwnershipFinding[] {
  const { vfioState, virtualMachineId } = secondary;
  const title = controllerFullTitle(fleet, secondary);
  const about = {
    objectIds: [secondary.id],
    waysOut: functionWaysOut(fleet, secondary, title, 'function-left'),
  };
  if (virtualMachineId !== null)
    return [
      {
        ...about,
        kind: 'function-left',
        title: `${title} belongs to ${virtualMachineId}, which is on no host.`,
        lines: ['It cannot be used until it is taken back.'],
      },
    ];
  if (vfioState === null || vfioState === 'RUNNING') return [];
  return [
    {
      ...about,
      kind: 'function-left-in-state',
      title: `${title} is in the VFIO state ${vfioState}, and no guest has it.`,
      lines: ['A migration that has ended left it there.'],
    },
  ];
}

function functionWaysOut(
  fleet: Fleet,
  { id }: SecondaryController,
  title: string,
  kind: OwnershipFindingKind,
): WayOut[] {
  const reset: Candidate = {
    words: `Reset ${title}`,
    intent: { kind: 'reset', controllerIds: [id], reset: 'function' },
  };
  const online: Candidate = {
    words: `Take ${title} online`,
    intent: { kind: 'set-online', secondaryIds: [id], online: true },
  };
  const back: Candidate = {
    words: `Take ${title} back to the pool`,
    intent: { kind: 'deprovision', secondaryIds: [id] },
  };
  const candidates =
    kind === 'function-offline' ? [online] : kind === 'function-left' ? [back, reset] : [reset];
  return [...changes(fleet, candidates), show(`Look at ${title}`, id)];
}
