import type { Fleet } from '#shared/fleet/schema.ts';
import { compareIds, contentByHost, emptyContent } from './host-content.ts';
import { HostLayout } from './host-layout.ts';
import { hostGap, hostWidth, sceneMargin } from './metrics.ts';
import type { Box, HostRange, Scene, ShownCells } from './scene.ts';

/** Hosts beside each other up to this many; beyond, rows of about the window's proportions. */
const hostsInOneRow = 3;

/**
 * Places everything: hosts on shelves in the order of their ids, and in each host the sections one under the other.
 * Pure and without any measuring of text, so that the same fleet always gives the same places.
 */
export function layoutFleet(fleet: Fleet, before: ShownCells = new Map()): Scene {
  const hosts = Object.values(fleet.hosts).sort((left, right) => compareIds(left.id, right.id));
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
