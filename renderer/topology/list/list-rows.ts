import { abilitySummary } from '#shared/fleet/device-abilities.ts';
import { controllerFailure, hostFailure, machineFailure } from '#shared/fleet/failures.ts';
import { gapTitle } from '#shared/fleet/gap.ts';
import { driverWords, noSriovWords } from '#shared/fleet/not-recorded.ts';
import type { Controller, Fleet } from '#shared/fleet/schema.ts';
import { searchFleet } from '#shared/fleet/search.ts';
import {
  cntlidWords,
  controllerFullTitle,
  controllerTitle,
  findPrimary,
  functionCountWords,
  hostTitle,
  secondaryStateWords,
  virtualSubsystemTitle,
} from '#shared/fleet/selectors.ts';
import { lifeCycleOf } from '#shared/virtual-subsystem/life-cycle/life-cycle.ts';
import type { TopologyFilter } from '../../navigation.ts';
import { type CellState, cellState } from '../cell-appearance.ts';
import { secondaryFilter } from '../filter.ts';

/** One controller as the list shows it; every text is ready to be filtered. */
export interface ListRow {
  readonly id: string;
  readonly name: string;
  /** Full name for assistive technology and copying. */
  readonly fullName: string;
  readonly host: string;
  /** `primary`, `plain`, or `of nvme1` for a secondary. */
  readonly role: string;
  readonly cntlid: string;
  /** Bus address; for a provisioned function the first digits of its UUID, or `hidden`. */
  readonly pci: string;
  readonly driver: string;
  /** null: not a secondary, which alone is drawn with a state, and has not failed. */
  readonly state: CellState | null;
  readonly stateWords: string;
  /** `4 / 2`: VQ and VI; for a primary those that it keeps for itself. */
  readonly resources: string;
  readonly virtualSubsystem: string;
  /** NQN whose tint the row has; null: none. */
  readonly tintNqn: string | null;
  readonly machine: string;
  /** How it can be migrated, in a few words. */
  readonly migration: string;
  readonly namespaces: string;
  readonly secondary: boolean;
}

/** The rows of the list twin: every controller that the filter lets through, by host, primary and VF number. */
export function listRows(fleet: Fleet, filter: TopologyFilter, text: string): ListRow[] {
  const passes = secondaryFilter(fleet, filter, text);
  const found = text.trim() === '' ? null : new Set(searchFleet(fleet, text).map((hit) => hit.id));
  const stateOf = lifeCycleStates(fleet);
  return Object.values(fleet.controllers)
    .filter((controller) => {
      if (controller.role === 'secondary') return passes === null || passes(controller);
      return filter === 'all' && (found === null || found.has(controller.id));
    })
    .sort(byPlace)
    .map((controller) => rowOf(fleet, controller, stateOf));
}

/** State of a virtual subsystem by id, derived once for all rows. */
function lifeCycleStates(fleet: Fleet): (id: string) => string {
  const known = new Map<string, string>();
  return (id) => {
    const subsystem = fleet.virtualSubsystems[id];
    const state = known.get(id) ?? (subsystem === undefined ? '' : lifeCycleOf(fleet, subsystem, []));
    known.set(id, state);
    return state;
  };
}

/** Host, primary, VF number; the primary itself before its secondaries. */
function sortKey(controller: Controller): [string, string, number] {
  const owner = controller.role === 'secondary' ? controller.primaryId : controller.id;
  return [
    controller.hostId,
    owner,
    controller.role === 'secondary' ? controller.vfn || controller.cntlid : -1,
  ];
}

function byPlace(left: Controller, right: Controller): number {
  const a = sortKey(left);
  const b = sortKey(right);
  return a[0].localeCompare(b[0]) || a[1].localeCompare(b[1]) || a[2] - b[2];
}

/** Where the function is: on the bus, or below its parent by the first digits of its UUID. */
function placeWords(controller: Controller): string {
  if (controller.role !== 'secondary' || controller.functionKind === 'vf')
    return controller.pciAddress ?? '–';
  const uuid = controller.assignableDevice?.split('/').at(-1);
  return uuid === undefined ? 'hidden' : `${uuid.slice(0, 8)}…`;
}

/** `hv-a · lost power`. */
function withFailure(name: string, failure: string | null): string {
  return failure === null ? name : `${name} · ${failure}`;
}

function rowOf(fleet: Fleet, controller: Controller, stateOf: (id: string) => string): ListRow {
  const failure = controllerFailure(controller);
  const host = fleet.hosts[controller.hostId];
  const common = {
    id: controller.id,
    fullName: controllerFullTitle(fleet, controller),
    host: withFailure(
      hostTitle(fleet, controller.hostId),
      host === undefined ? null : hostFailure(fleet, host),
    ),
    cntlid: cntlidWords(controller),
    pci: placeWords(controller),
    driver: driverWords(controller, '–'),
    migration: abilitySummary(fleet, controller),
    namespaces: controller.attachedNamespaces.map((nsid) => `n${nsid}`).join(' ') || '–',
  };
  if (controller.role !== 'secondary')
    return {
      ...common,
      name: controllerTitle(controller),
      role: controller.role === 'primary' ? 'primary' : 'plain',
      state: failure === null ? null : 'failed',
      stateWords:
        failure ??
        (controller.role === 'primary' ? functionCountWords(controller) : noSriovWords(controller)),
      resources:
        controller.role === 'primary' && controller.vq.supported
          ? `${controller.vq.allocatedToPrimary + controller.vq.privateToPrimary} / ${controller.vi.allocatedToPrimary + controller.vi.privateToPrimary}`
          : controller.role === 'primary' && controller.vq.gap !== undefined
            ? gapTitle(controller.vq.gap)
            : '–',
      virtualSubsystem: '–',
      tintNqn: null,
      machine: '–',
      secondary: false,
    };
  const virtual = fleet.virtualSubsystems[controller.virtualSubsystemId ?? ''];
  const machine = fleet.virtualMachines[controller.virtualMachineId ?? ''];
  const primary = findPrimary(fleet, controller.primaryId);
  return {
    ...common,
    name: controllerTitle(controller),
    role: primary === undefined ? 'secondary' : `of ${controllerTitle(primary)}`,
    state: cellState(fleet, controller),
    stateWords: secondaryStateWords(fleet, controller.id).split(' · ')[0] ?? '',
    resources:
      controller.unlisted === undefined
        ? `${controller.nvq} / ${controller.nvi}`
        : gapTitle(controller.unlisted.gap),
    virtualSubsystem:
      virtual === undefined
        ? '–'
        : `${controller.virtualControllerId ?? '?'} in ${virtualSubsystemTitle(virtual)} · ${stateOf(virtual.id)}`,
    tintNqn: virtual?.nqn ?? null,
    machine: machine === undefined ? '–' : withFailure(machine.name, machineFailure(fleet, machine)),
    secondary: true,
  };
}
