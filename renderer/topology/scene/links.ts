import type { Fleet, PrimaryController } from '#shared/fleet/schema.ts';
import { isUnassigned, secondariesOf } from '#shared/fleet/selectors.ts';
import { cellHeight, cellWidth } from './metrics.ts';
import type { Box, Scene } from './scene.ts';

/** What a line of the topology says. */
export type LinkKind = 'controlled-by' | 'namespace' | 'virtual-machine' | 'virtual-subsystem';

/** A line between two rectangles of the scene (world units). */
export interface SceneLink {
  readonly kind: LinkKind;
  readonly from: Rectangle;
  readonly to: Rectangle;
}
type Rectangle = Pick<Box, 'x' | 'y' | 'w' | 'h'>;

/** The relations of one object, as far as both ends are drawn. */
export function linksOf(fleet: Fleet, scene: Scene, id: string): SceneLink[] {
  const controller = fleet.controllers[id];
  if (controller?.role === 'secondary') return secondaryLinks(fleet, scene, id);
  if (controller?.role === 'primary')
    return controlledInUse(fleet, controller).flatMap((controlled) =>
      secondaryLinks(fleet, scene, controlled).filter(({ kind }) => kind === 'controlled-by'),
    );
  const members =
    fleet.virtualSubsystems[id]?.members.map((member) => member.controllerId) ??
    fleet.virtualMachines[id]?.deviceIds ??
    fleet.namespaces[id]?.attachedTo ??
    [];
  return members.flatMap((member) =>
    secondaryLinks(fleet, scene, member).filter((link) => {
      if (id in fleet.virtualSubsystems) return link.kind === 'virtual-subsystem';
      if (id in fleet.virtualMachines) return link.kind === 'virtual-machine';
      const nsid = fleet.namespaces[id]?.nsid;
      return link.kind === 'namespace' && link.nsid === nsid;
    }),
  );
}

/** Lines to every free secondary would hide those that matter. */
function controlledInUse(fleet: Fleet, primary: PrimaryController): readonly string[] {
  return secondariesOf(fleet, primary)
    .filter((secondary) => secondary.online || !isUnassigned(secondary))
    .map(({ id }) => id);
}

/** All lines of one secondary; `nsid` tells lines to namespaces apart. Empty while its cell is collapsed. */
function secondaryLinks(fleet: Fleet, scene: Scene, id: string): (SceneLink & { readonly nsid?: number })[] {
  const secondary = fleet.controllers[id];
  const cell = cellOf(scene, id);
  if (secondary?.role !== 'secondary' || cell === null) return [];
  const boxes = hostBoxes(scene, secondary.hostId);
  const find = (kind: Box['kind'], target: string | null) =>
    boxes.find((box) => box.kind === kind && box.id === target);
  const links: (SceneLink & { nsid?: number })[] = [];
  const add = (kind: LinkKind, to: Rectangle | undefined, nsid?: number) => {
    if (to !== undefined) links.push({ kind, from: cell, to, ...(nsid === undefined ? {} : { nsid }) });
  };
  const primary = find('primary', secondary.primaryId);
  add('controlled-by', primary === undefined ? undefined : { ...primary, h: 26, w: 90 });
  add('virtual-subsystem', find('slot', id));
  add('virtual-machine', find('virtual-machine', secondary.virtualMachineId));
  for (const nsid of secondary.attachedNamespaces)
    add('namespace', find('namespace', `${secondary.subsystemId}#${nsid}`), nsid);
  return links;
}

function cellOf(scene: Scene, id: string): Rectangle | null {
  const index = scene.cells.indexOf.get(id);
  if (index === undefined) return null;
  return { x: scene.cells.x[index] ?? 0, y: scene.cells.y[index] ?? 0, w: cellWidth, h: cellHeight };
}

function hostBoxes(scene: Scene, hostId: string): readonly Box[] {
  const range = scene.hosts.find((host) => host.hostId === hostId);
  return range === undefined ? [] : scene.boxes.slice(range.box, range.boxEnd);
}
