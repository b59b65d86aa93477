import { resumeBlockers } from '../fleet/rules/resuming.ts';
import type { Fleet, SecondaryController, VirtualMachine } from '../fleet/schema.ts';
import { controllerFullTitle, findSecondary, hostTitle } from '../fleet/selectors.ts';
import { unreachable } from '../result.ts';
import type { OwnershipFinding, WayOut } from './finding.ts';
import { changes, onShell, show } from './ways-out.ts';

/** What is wrong with guests, as the hypervisors and devices say now. A name is one guest, on whichever hosts it is. */
export function guestFindings(fleet: Fleet): OwnershipFinding[] {
  const byName = new Map<string, VirtualMachine[]>();
  for (const machine of Object.values(fleet.virtualMachines))
    byName.set(machine.name, [...(byName.get(machine.name) ?? []), machine]);
  return [...byName.values()].flatMap((copies) => {
    const [only] = copies;
    return only === undefined || copies.length > 1
      ? onSeveralHosts(fleet, copies)
      : [...standingStill(fleet, only), ...withoutDrive(fleet, only)];
  });
}

function onSeveralHosts(fleet: Fleet, copies: readonly VirtualMachine[]): OwnershipFinding[] {
  const [first] = copies;
  if (first === undefined) return [];
  const working = copies.filter(({ state }) => state === 'running');
  const idle = copies.filter(({ state }) => state !== 'running');
  const places = copies.map(({ hostId, state }) => `${hostTitle(fleet, hostId)} (${state})`);
  return [
    {
      kind: 'guest-on-two-hosts',
      objectIds: [...working, ...idle].map(({ id }) => id),
      title: `${first.name} is on ${places.join(' and on ')}.`,
      lines: [
        ...copies.map((copy) => holdingWords(fleet, copy)),
        ...(working.length === 0 ? idle.flatMap((copy) => standstillWords(fleet, copy)) : []),
        working.length > 1
          ? 'Two copies that run write to the same data. Stop the one that should not run at once.'
          : 'Only one of them may go on.',
      ],
      waysOut: [
        ...(working.length === 1 ? idle.flatMap((copy) => removal(fleet, copy)) : []),
        ...(working.length === 0 ? resumptions(fleet, idle) : []),
        ...(working.length > 1
          ? working.map((copy) => onShell(fleet, copy, `Stop this copy of ${copy.name}`, 'suspend'))
          : []),
        show(`Look at ${first.name} on ${hostTitle(fleet, first.hostId)}`, first.id),
      ],
    },
  ];
}

function standingStill(fleet: Fleet, machine: VirtualMachine): OwnershipFinding[] {
  const { id, name, hostId, state, deviceIds } = machine;
  const host = hostTitle(fleet, hostId);
  const about = {
    objectIds: [id, ...deviceIds],
    lines: [holdingWords(fleet, machine), ...standstillWords(fleet, machine)],
  };
  switch (state) {
    case 'running':
      return [];
    case 'paused':
      return [
        {
          ...about,
          kind: 'guest-paused',
          title: `${name} stands paused on ${host}.`,
          waysOut: [...resumptions(fleet, [machine]), show(`Look at ${name}`, id)],
        },
      ];
    case 'incoming':
      return [
        {
          ...about,
          kind: 'guest-incoming',
          title: `${name} waits on ${host} for an incoming migration, and is on no other host.`,
          waysOut: [...resumptions(fleet, [machine]), show(`Look at ${name}`, id)],
        },
      ];
    case 'stopped':
      // One that is switched off and holds nothing keeps nothing from anybody.
      if (deviceIds.length === 0) return [];
      return [
        {
          ...about,
          kind: 'stopped-guest-holds-functions',
          title: `${name} stands stopped on ${host} and holds its functions.`,
          waysOut: [
            onShell(fleet, machine, `Start ${name}`, 'start'),
            ...changes(fleet, [
              {
                words: 'Take its functions back to the pool',
                intent: { kind: 'deprovision', secondaryIds: deviceIds.slice(0, 127) },
              },
            ]),
          ],
        },
      ];
    default:
      return unreachable(state);
  }
}

function withoutDrive(fleet: Fleet, machine: VirtualMachine): OwnershipFinding[] {
  const { id, name, hostId, state, lostDevices = [] } = machine;
  if (lostDevices.length === 0) return [];
  const back = Object.values(fleet.controllers).filter(
    (one): one is SecondaryController =>
      one.role === 'secondary' &&
      one.hostId === hostId &&
      one.virtualMachineId === null &&
      lostDevices.includes(one.pciAddress ?? one.assignableDevice ?? ''),
  );
  const again = handingBack(fleet, machine, back);
  const emptied = Object.values(fleet.controllers).filter(
    (one) => one.role === 'primary' && one.hostId === hostId && one.totalVfs > 0 && one.numVfs === 0,
  );
  return [
    {
      kind: 'guest-without-drive',
      objectIds: [id],
      title: `${name} (${state}) on ${hostTitle(fleet, hostId)} has lost ${lostDevices.join(', ')}.`,
      lines: ['Its configuration names what the host no longer has.'],
      waysOut: [
        ...again,
        ...(again.length > 0
          ? []
          : emptied.map((primary) =>
              show(
                `Look at ${controllerFullTitle(fleet, primary)}, which has no virtual functions now: set its VF count`,
                primary.id,
              ),
            )),
        ...(state === 'stopped' ? [onShell(fleet, machine, `Start ${name}`, 'start')] : []),
        show(`Look at ${name}`, id),
      ],
    },
  ];
}

/** Hands functions to a guest that should have them, where that can be planned. */
export function handingBack(
  fleet: Fleet,
  machine: VirtualMachine,
  functions: readonly SecondaryController[],
): WayOut[] {
  if (functions.length === 0) return [];
  const titles = functions.map((one) => controllerFullTitle(fleet, one)).join(', ');
  return changes(fleet, [
    {
      words: `Hand ${titles} to ${machine.name}`,
      intent: {
        kind: 'assign',
        secondaryIds: functions.map(({ id }) => id),
        target: { kind: 'virtual-machine', virtualMachineId: machine.id },
      },
    },
  ]);
}

/** Lets a guest that stands still go on where it is; one whose memory stands complete is tried before one that came last. */
function resumptions(fleet: Fleet, machines: readonly VirtualMachine[]): WayOut[] {
  const paused = machines.filter(({ state }) => state === 'paused');
  const incoming = machines.filter(({ state }) => state === 'incoming');
  return changes(
    fleet,
    [...paused, ...incoming].map(({ id, name, hostId }) => ({
      words: `Resume ${name} where it is (${hostTitle(fleet, hostId)})`,
      intent: { kind: 'resume-machine', virtualMachineId: id },
    })),
  );
}

/** Why a guest that stands still cannot go on where it is; nothing for one that can, or that is switched off. */
function standstillWords(fleet: Fleet, machine: VirtualMachine): string[] {
  if (machine.state !== 'paused' && machine.state !== 'incoming') return [];
  const host = hostTitle(fleet, machine.hostId);
  return resumeBlockers(fleet, machine).map((reason) => `On ${host} it cannot go on: ${reason}`);
}

/** Removes the copy of a guest that runs elsewhere. */
function removal(fleet: Fleet, copy: VirtualMachine): WayOut[] {
  const words = `Remove what is left of ${copy.name} from ${hostTitle(fleet, copy.hostId)}`;
  const secondaryIds = copy.deviceIds.filter((id) => findSecondary(fleet, id) !== undefined);
  const planned = changes(fleet, [
    {
      words,
      intent: {
        kind: 'clean-up-source',
        secondaryIds,
        virtualMachineId: copy.id,
        virtualSubsystemIds: [],
        detachNamespaces: false,
        release: true,
      },
    },
  ]);
  return planned.length > 0 ? planned : [onShell(fleet, copy, words, 'destroy')];
}

/** `hv-b: incoming, with VF 3 of hv-b/nvme1 (RESUMING)`. */
function holdingWords(fleet: Fleet, { hostId, state, deviceIds, lostDevices = [] }: VirtualMachine): string {
  const functions = deviceIds.map((id) => {
    const controller = fleet.controllers[id];
    if (controller === undefined) return id;
    const vfio =
      controller.role === 'secondary' && controller.vfioState !== null ? ` (${controller.vfioState})` : '';
    return `${controllerFullTitle(fleet, controller)}${vfio}`;
  });
  const lost = lostDevices.length === 0 ? '' : `, without ${lostDevices.join(', ')}`;
  return `${hostTitle(fleet, hostId)}: ${state}, ${functions.length === 0 ? 'without a function' : `with ${functions.join(', ')}`}${lost}.`;
}
