import { countWords } from '#shared/count-words.ts';
import { controllerFailure, hostFailure, machineFailure } from '#shared/fleet/failures.ts';
import { noSriovWords } from '#shared/fleet/not-recorded.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import {
  controllerFullTitle,
  findSecondary,
  freeResources,
  hostTitle,
  secondaryStateWords,
  virtualSubsystemTitle,
} from '#shared/fleet/selectors.ts';
import { formatCapacity, formatHex } from '../../ui/format.ts';
import { deviceText, hostText, machineText, primaryText } from '../labels.ts';
import { cellHeight, cellWidth } from './metrics.ts';
import type { Box, Scene } from './scene.ts';

/** Up to this many secondaries all are in the accessible tree; beyond, only those of the active primary. */
const allSecondariesLimit = 400;

/** One element of the accessible tree, in world units. */
export interface TreeItem {
  /** Box key, or the id of a cell. */
  readonly key: string;
  readonly id: string;
  readonly kind: Box['kind'] | 'cell';
  readonly level: number;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Level in the tree; everything else inside a host is at level 2. */
const levels: Partial<Record<Box['kind'], number>> = { host: 1, slot: 3, more: 3 };

/** The elements of the tree, hosts with their content in reading order. Slots are their cells, so they are left out. */
export function treeItems(fleet: Fleet, scene: Scene, activePrimaryId: string | null): TreeItem[] {
  const all = scene.cells.ids.length <= allSecondariesLimit;
  const items: TreeItem[] = [];
  for (const range of scene.hosts) {
    const cells = new Map<string, number[]>();
    for (let index = range.cellStart; index < range.cellEnd; index += 1) {
      const primaryId = findSecondary(fleet, scene.cells.ids[index] ?? '')?.primaryId ?? '';
      if (!all && primaryId !== activePrimaryId) continue;
      const list = cells.get(primaryId);
      if (list === undefined) cells.set(primaryId, [index]);
      else list.push(index);
    }
    for (const box of scene.boxes.slice(range.box, range.boxEnd)) {
      if (box.kind === 'label' || box.kind === 'slot') continue;
      if (box.kind === 'new-virtual-subsystem' && fleet.source.readOnly !== null) continue;
      const { key, id, kind, x, y, w, h } = box;
      items.push({ key, id, kind, level: levels[kind] ?? 2, name: boxName(fleet, box), x, y, w, h });
      if (kind === 'primary')
        for (const index of cells.get(id) ?? []) items.push(cellItem(fleet, scene, index));
    }
  }
  return items;
}

function cellItem(fleet: Fleet, scene: Scene, index: number): TreeItem {
  const id = scene.cells.ids[index] ?? '';
  return {
    key: id,
    id,
    kind: 'cell',
    level: 3,
    name: secondaryName(fleet, id),
    x: scene.cells.x[index] ?? 0,
    y: scene.cells.y[index] ?? 0,
    w: cellWidth,
    h: cellHeight,
  };
}

/** `VF 12 of hv-a/nvme1, Offline · free, 4 VQ, 2 VI`. */
export function secondaryName(fleet: Fleet, id: string): string {
  const secondary = findSecondary(fleet, id);
  if (secondary === undefined) return id;
  const resources = secondary.nvq + secondary.nvi > 0 ? `, ${secondary.nvq} VQ, ${secondary.nvi} VI` : '';
  return `${controllerFullTitle(fleet, secondary)}, ${secondaryStateWords(fleet, id)}${resources}`;
}

/** Right after the name: it is what matters most. */
function failureWords(failure: string | null): string {
  return failure === null ? '' : `, ${failure}`;
}

/** What assistive technology says of a box: kind, name, place, then the facts that the graph shows. */
function boxName(fleet: Fleet, box: Box): string {
  switch (box.kind) {
    case 'host': {
      const host = fleet.hosts[box.id];
      return host === undefined
        ? box.id
        : `Host ${host.name}${failureWords(hostFailure(fleet, host))}, ${hostText(host)}`;
    }
    case 'virtual-machine': {
      const machine = fleet.virtualMachines[box.id];
      if (machine === undefined) return box.id;
      const devices = countWords(machine.deviceIds.length, 'controller');
      const failure = failureWords(machineFailure(fleet, machine));
      return `Virtual machine ${machine.name} on ${hostTitle(fleet, machine.hostId)}${failure}, ${machineText(machine)}, ${devices}`;
    }
    case 'virtual-subsystem': {
      const virtual = fleet.virtualSubsystems[box.id];
      if (virtual === undefined) return box.id;
      const count = countWords(virtual.members.length, 'controller');
      return `Virtual subsystem ${virtualSubsystemTitle(virtual)} on ${hostTitle(fleet, virtual.hostId)}, ${count}`;
    }
    case 'new-virtual-subsystem':
      return `New virtual subsystem on ${hostTitle(fleet, box.id)}`;
    case 'primary':
    case 'more': {
      const primary = fleet.controllers[box.id];
      if (primary?.role !== 'primary') return box.id;
      const title = controllerFullTitle(fleet, primary);
      if (box.kind === 'more') return `${box.text} of ${title}, show all`;
      const budget = primary.vq.supported
        ? `, ${freeResources(primary, 'vq')} of ${primary.vq.total} VQ free, ${freeResources(primary, 'vi')} of ${primary.vi.total} VI free`
        : '';
      return `Primary controller ${title}${failureWords(controllerFailure(primary))}, ${formatHex(primary.cntlid)}, ${primaryText(primary)}${budget}`;
    }
    case 'plain': {
      const controller = fleet.controllers[box.id];
      return controller?.role === 'plain'
        ? `Controller ${controllerFullTitle(fleet, controller)}${failureWords(controllerFailure(controller))}, ${deviceText(controller)}, ${noSriovWords(controller)}`
        : box.id;
    }
    case 'namespace': {
      const namespace = fleet.namespaces[box.id];
      if (namespace === undefined) return box.id;
      const shared = namespace.shared ? 'shared' : 'private';
      const attached = countWords(namespace.attachedTo.length, 'controller');
      const host = box.key.slice('namespace:'.length).split(':')[0] ?? '';
      return `Namespace ${namespace.nsid} on ${hostTitle(fleet, host)}, ${formatCapacity(namespace.sizeBytes)}, ${shared}, attached to ${attached}`;
    }
    case 'label':
    case 'slot':
      return box.text;
  }
}

/** Where an arrow key leads. */
export type Direction = 'left' | 'right' | 'up' | 'down';

/** The nearest item in a direction: along the axis first, with sideways distance counting double. */
export function neighbour(items: readonly TreeItem[], from: TreeItem, direction: Direction): TreeItem | null {
  const centre = (item: TreeItem) => ({
    x: item.x + item.w / 2,
    y: item.y + Math.min(item.h, cellHeight) / 2,
  });
  const start = centre(from);
  let best: TreeItem | null = null;
  let shortest = Number.POSITIVE_INFINITY;
  for (const item of items) {
    if (item.key === from.key) continue;
    const { x, y } = centre(item);
    const forward = { left: start.x - x, right: x - start.x, up: start.y - y, down: y - start.y }[direction];
    if (forward <= 1) continue;
    const sideways = Math.abs(direction === 'left' || direction === 'right' ? y - start.y : x - start.x);
    const distance = forward + 2 * sideways;
    if (distance < shortest) {
      shortest = distance;
      best = item;
    }
  }
  return best;
}
