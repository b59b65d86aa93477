import type { Fleet } from '#shared/fleet/schema.ts';
import { HostLayout } from './host-layout.ts';
import { hostGap, hostWidth, sceneMargin } from './metrics.ts';
import type { Box, HostRange, Scene } from './scene.ts';

/** Cells that were shown before, by primary; `Infinity` expands a primary wholly. */
export type ShownCells = ReadonlyMap<string, number>;

/** Hosts beside each other up to this many; beyond, rows of about the window's proportions. */
const hostsInOneRow = 3;

/**
 * Places everything: hosts on shelves in the order of their ids, and in each host the sections one under the other.
 * Pure and without any measuring of text, so that the same fleet always gives the same places.
 */
export function layoutFleet(fleet: Fleet, before: ShownCells = new Map()): Scene {
  const hosts = Object.values(fleet.hosts).sort((left, right) => compare(left.id, right.id));
  const perRow = hosts.length <= hostsInOneRow ? hosts.length : Math.ceil(Math.sqrt(hosts.length * 2));
  const boxes: Box[] = [];
  const ranges: HostRange[] = [];
  const cells: { id: string; x: number; y: number }[] = [];
  const shown = new Map<string, number>();
  const content = contentByHost(fleet);
  let x = sceneMargin;
  let y = sceneMargin;
  let shelf = 0;
  let width = 0;
  for (const [index, host] of hosts.entries()) {
    if (index > 0 && index % perRow === 0) {
      x = sceneMargin;
      y += shelf + hostGap;
      shelf = 0;
    }
    const layout = new HostLayout(fleet, content.get(host.id) ?? emptyContent, before, x, y);
    const laid = layout.run(host);
    ranges.push({
      hostId: host.id,
      box: boxes.length,
      boxEnd: boxes.length + laid.boxes.length,
      cellStart: cells.length,
      cellEnd: cells.length + laid.cells.length,
    });
    boxes.push(...laid.boxes);
    cells.push(...laid.cells);
    for (const [id, count] of laid.shown) shown.set(id, count);
    shelf = Math.max(shelf, laid.height);
    x += hostWidth;
    width = Math.max(width, x);
    x += hostGap;
  }
  return {
    boxes,
    hosts: ranges,
    cells: {
      ids: cells.map((cell) => cell.id),
      indexOf: new Map(cells.map((cell, index) => [cell.id, index])),
      x: Float32Array.from(cells, (cell) => cell.x),
      y: Float32Array.from(cells, (cell) => cell.y),
    },
    width: width + sceneMargin,
    height: y + shelf + sceneMargin,
    shown,
  };
}

/** The ids that stand in one host, in the order in which they are drawn. */
export interface HostContent {
  readonly machines: readonly string[];
  readonly virtualSubsystems: readonly string[];
  /** Controllers by subsystem id; secondaries are reached through their primaries. */
  readonly subsystems: ReadonlyMap<string, readonly string[]>;
  readonly namespaces: ReadonlyMap<string, readonly string[]>;
}
const emptyContent: HostContent = {
  machines: [],
  virtualSubsystems: [],
  subsystems: new Map(),
  namespaces: new Map(),
};

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function contentByHost(fleet: Fleet): Map<string, HostContent> {
  const content = new Map(
    Object.keys(fleet.hosts).map((id) => [
      id,
      {
        machines: [] as string[],
        virtualSubsystems: [] as string[],
        subsystems: new Map<string, string[]>(),
        namespaces: new Map<string, string[]>(),
      },
    ]),
  );
  const namespaces = new Map<string, string[]>();
  for (const namespace of Object.values(fleet.namespaces).sort((left, right) => left.nsid - right.nsid))
    namespaces.set(namespace.subsystemId, [...(namespaces.get(namespace.subsystemId) ?? []), namespace.id]);
  for (const machine of Object.values(fleet.virtualMachines))
    content.get(machine.hostId)?.machines.push(machine.id);
  for (const virtual of Object.values(fleet.virtualSubsystems))
    content.get(virtual.hostId)?.virtualSubsystems.push(virtual.id);
  for (const controller of Object.values(fleet.controllers)) {
    if (controller.role === 'secondary') continue;
    const host = content.get(controller.hostId);
    const list = host?.subsystems.get(controller.subsystemId);
    if (list === undefined) host?.subsystems.set(controller.subsystemId, [controller.id]);
    else list.push(controller.id);
    host?.namespaces.set(controller.subsystemId, namespaces.get(controller.subsystemId) ?? []);
  }
  for (const host of content.values()) {
    host.machines.sort(compare);
    host.virtualSubsystems.sort(compare);
    for (const controllers of host.subsystems.values()) controllers.sort(compare);
  }
  return content;
}
