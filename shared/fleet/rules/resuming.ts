import type { VfioState } from '../../vfio/device-state.ts';
import { isVfioDriver } from '../../vfio/drivers.ts';
import { controllerFailure } from '../failures.ts';
import type { Fleet, SecondaryController, VirtualMachine } from '../schema.ts';
import { controllerFullTitle, controllingPrimary, findSecondary, hostTitle } from '../selectors.ts';
import { capabilityBlockers, unmanagedBlockers } from './change-blockers.ts';

/**
 * What speaks against letting a guest that stands still go on where it is. A guest is known by the name of its virtual
 * machine, on whichever hosts it is.
 */

/** Something that a person must agree to before the guest goes on. */
export interface ResumeWarning {
  /** The same for the same fact; an agreement refers to it. */
  readonly id: string;
  /** Whole sentences. */
  readonly words: string;
}

/** The same guest on other hosts. */
export function otherCopies(
  fleet: Fleet,
  { id, name }: Pick<VirtualMachine, 'id' | 'name'>,
): VirtualMachine[] {
  return Object.values(fleet.virtualMachines).filter((one) => one.name === name && one.id !== id);
}

/** The functions of a machine that do not work, although nothing keeps them from it but their state. */
export function heldFunctions(fleet: Fleet, machine: VirtualMachine): SecondaryController[] {
  return machine.deviceIds.flatMap((id) => {
    const secondary = findSecondary(fleet, id);
    return secondary !== undefined && isHeld(secondary) ? [secondary] : [];
  });
}

function isHeld({ vfioState, suspended }: SecondaryController): boolean {
  return (vfioState !== null && vfioState !== 'RUNNING') || suspended === true;
}

/** Why a guest cannot go on where it is, a sentence each; empty when it can. */
export function resumeBlockers(fleet: Fleet, machine: VirtualMachine): string[] {
  if (fleet.source.readOnly !== null) return [fleet.source.readOnly];
  const host = fleet.hosts[machine.hostId];
  if (host === undefined) return [`The host of ${machine.name} is no longer in the fleet.`];
  const held = heldFunctions(fleet, machine).length > 0;
  return [
    ...(host.unread === true ? [`${host.name} does not answer, so nothing can be resumed on it.`] : []),
    ...capabilityBlockers(host, 'virtualMachines', ...(held ? (['vfioMigration'] as const) : [])),
    ...stateBlockers(machine, host.name),
    ...otherCopies(fleet, machine).flatMap((copy) => runningBlockers(fleet, machine, copy)),
    ...(machine.lostDevices ?? []).map(
      (address) =>
        `${machine.name} has lost ${address}: it would run without that drive. Bring it back, or take it out of the virtual machine, first.`,
    ),
    ...machine.deviceIds.flatMap((id) => functionBlockers(fleet, machine, id)),
  ];
}

function stateBlockers({ name, state, memoryArrived }: VirtualMachine, host: string): string[] {
  if (state === 'running') return [`${name} already runs on ${host}.`];
  if (state === 'stopped')
    return [`${name} is switched off on ${host}: there is nothing to resume. Start it instead.`];
  return state === 'incoming' && memoryArrived === false
    ? [`The memory of ${name} has not arrived on ${host}: there is no guest to resume there.`]
    : [];
}

function runningBlockers(fleet: Fleet, { hostId, name }: VirtualMachine, copy: VirtualMachine): string[] {
  if (copy.state !== 'running' || fleet.hosts[copy.hostId]?.unread === true) return [];
  const there = hostTitle(fleet, copy.hostId);
  return [
    `${name} runs on ${there}. Resumed on ${hostTitle(fleet, hostId)} as well, two of one guest would write to the same data. ` +
      `If it should go on here, pause it on ${there} first.`,
  ];
}

function functionBlockers(fleet: Fleet, { name }: VirtualMachine, id: string): string[] {
  const secondary = findSecondary(fleet, id);
  if (secondary === undefined) return [`${name} has ${id}, which is no longer in the fleet.`];
  const title = controllerFullTitle(fleet, secondary);
  const failure = controllerFailure(secondary);
  if (failure !== null) return [`${title} has failed (${failure}): ${name} would get no answer from it.`];
  if (!secondary.online) return [`${title} is offline: ${name} would get no answer from it.`];
  if (!isVfioDriver(secondary.driver))
    return [`${title} is not shown through VFIO, so ${name} cannot work with it.`];
  const { vfioState } = secondary;
  if (vfioState === 'ERROR')
    return [
      `${title} is in the VFIO state ERROR. Only a reset ends that, and takes with it what ${name} had there.`,
    ];
  if (vfioState === 'RESUMING')
    return [`${title} waits for the state of ${name} (VFIO RESUMING), which has not arrived whole.`];
  return isHeld(secondary) ? releaseBlockers(fleet, secondary, title) : [];
}

/** It is let go by its VFIO driver, which commands its controlling function. */
function releaseBlockers(fleet: Fleet, secondary: SecondaryController, title: string): string[] {
  const primary = controllingPrimary(fleet, secondary);
  if (primary === undefined) return unmanagedBlockers(fleet, secondary);
  const failure = controllerFailure(primary);
  return [
    ...(failure === null
      ? []
      : [
          `${controllerFullTitle(fleet, primary)} has failed (${failure}), and ${title} is resumed through it.`,
        ]),
    ...(secondary.migrationEnabled
      ? []
      : [`Live migration of ${title} is not enabled, so VFIO cannot resume it.`]),
  ];
}

/** What must be agreed to before a guest goes on where it is; what was not read is called not known. */
export function resumeWarnings(fleet: Fleet, machine: VirtualMachine): ResumeWarning[] {
  const copies = otherCopies(fleet, machine);
  return [
    ...copies.map((copy) => copyWarning(fleet, machine, copy)),
    ...unreadWarnings(fleet, machine, copies),
    ...copies.flatMap((copy) => givenUpWarning(fleet, machine, copy)),
    ...(machine.state === 'incoming' ? arrivalWarnings(fleet, machine) : []),
  ];
}

function copyWarning(fleet: Fleet, { hostId, name }: VirtualMachine, copy: VirtualMachine): ResumeWarning {
  const here = hostTitle(fleet, hostId);
  const there = hostTitle(fleet, copy.hostId);
  if (fleet.hosts[copy.hostId]?.unread === true)
    return {
      id: `copy-unread:${copy.id}`,
      words:
        `${there} does not answer. When it was last read, ${name} was ${copy.state} there; whether it runs there now is not known. ` +
        'Make sure that it does not, and never will.',
    };
  const never = `Once it runs on ${here}, the copy on ${there} must never run again.`;
  const id = `copy-${copy.state}:${copy.id}`;
  switch (copy.state) {
    case 'incoming':
      return { id, words: `${name} also waits on ${there} for an incoming migration. ${never}` };
    case 'stopped':
      return { id, words: `${name} is also on ${there}, switched off. ${never}` };
    case 'paused':
    case 'running':
      return {
        id,
        words:
          `${name} is also on ${there} (${copy.state}). Whether it ran there after its memory on ${here} was saved is not known; ` +
          `if it did, the drive holds what this memory knows nothing of. ${never}`,
      };
  }
}

function unreadWarnings(
  fleet: Fleet,
  { hostId, name }: VirtualMachine,
  copies: readonly VirtualMachine[],
): ResumeWarning[] {
  return Object.values(fleet.hosts).flatMap((host): ResumeWarning[] =>
    host.unread !== true || host.id === hostId || copies.some((copy) => copy.hostId === host.id)
      ? []
      : [
          {
            id: `host-unread:${host.id}`,
            words: `${host.name} does not answer, so whether ${name} is there as well is not known.`,
          },
        ],
  );
}

function givenUpWarning(fleet: Fleet, machine: VirtualMachine, copy: VirtualMachine): ResumeWarning[] {
  const [here, there] = [machine, copy].map(({ deviceIds }) => deviceIds.length);
  if (here === undefined || there === undefined || here >= there) return [];
  return [
    {
      id: `given-up:${copy.id}`,
      words:
        `${machine.name} has ${here} of its functions on ${hostTitle(fleet, machine.hostId)}, and ${there} on ${hostTitle(fleet, copy.hostId)}: ` +
        'this side has given them up, and the guest would run without the drives behind them.',
    },
  ];
}

function arrivalWarnings(fleet: Fleet, { hostId, name, deviceIds, memoryArrived }: VirtualMachine) {
  const functions = deviceIds.flatMap((id) => findSecondary(fleet, id) ?? []);
  const titles = (of: readonly SecondaryController[]) =>
    of.map((one) => controllerFullTitle(fleet, one)).join(', ');
  const loaded = functions.filter(({ vfioState }) => vfioState !== null && isStopped(vfioState));
  const others = functions.filter((one) => !loaded.includes(one));
  const warnings: ResumeWarning[] = [];
  if (memoryArrived === undefined)
    warnings.push({
      id: `memory:${hostId}:${name}`,
      words: `Whether the memory of ${name} has arrived on ${hostTitle(fleet, hostId)} is not known.`,
    });
  if (loaded.length > 0)
    warnings.push({
      id: `loaded:${loaded.map(({ id }) => id).join()}`,
      words: `What ${titles(loaded)} loaded has not been compared with what was saved: whether it is the state of ${name} is not proven.`,
    });
  if (others.length > 0)
    warnings.push({
      id: `state:${others.map(({ id }) => id).join()}`,
      words:
        `Whether ${titles(others)} holds the state of ${name} is not known. ` +
        'A function that was reset since has lost the queues of the guest, which then gets no answer.',
    });
  return warnings;
}

function isStopped(state: VfioState): boolean {
  return state === 'STOP' || state === 'STOP_COPY';
}
