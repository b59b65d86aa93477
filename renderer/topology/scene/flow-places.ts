import type { Flow } from '../activity.ts';
import { hostGap } from './metrics.ts';
import type { Box, Scene } from './scene.ts';

/** Where the arrow of a migration lies, in world units. */
export interface FlowPlace {
  readonly flow: Flow;
  /** Corners of the line, from the source to its tip. */
  readonly points: readonly (readonly [number, number])[];
  /** Middle of its label: between two hosts, where nothing else is. */
  readonly label: { readonly x: number; readonly y: number };
}

/** Of the label of an arrow. It reaches a little into the margins of both hosts, where nothing stands. */
export const flowLabel = { width: 68, height: 52 } as const;
/** Below the top of the hosts: under their headers. */
const firstFlow = 70;
const flowPitch = flowLabel.height + 26;
/** Between the ends of an arrow and the hosts. */
const space = 3;

/** Places of the arrows between hosts that are drawn. Two hosts beside each other have it between them, others along their tops. */
export function flowPlaces(scene: Scene, flows: readonly Flow[]): FlowPlace[] {
  const hostBox = (id: string): Box | undefined => {
    const range = scene.hosts.find(({ hostId }) => hostId === id);
    return range === undefined ? undefined : scene.boxes[range.box];
  };
  return flows.flatMap((flow, index): FlowPlace[] => {
    const from = hostBox(flow.from);
    const to = hostBox(flow.to);
    if (from === undefined || to === undefined) return [];
    const isForward = from.x <= to.x;
    const start = isForward ? from.x + from.w + space : from.x - space;
    const end = isForward ? to.x - space : to.x + to.w + space;
    const y = Math.max(from.y, to.y) + firstFlow + index * flowPitch;
    if (from.y === to.y && Math.abs(end - start) <= hostGap)
      return [
        {
          flow,
          points: [
            [start, y],
            [end, y],
          ],
          label: { x: (start + end) / 2, y: y + 12 + flowLabel.height / 2 },
        },
      ];
    // In the gap beside the source up, along the tops of the hosts, and down beside the destination.
    const side = isForward ? 1 : -1;
    const up = from.x + (isForward ? from.w : 0) + (side * hostGap) / 2;
    const down = end + side * (space - hostGap / 2);
    const top = Math.min(from.y, to.y) - 4 - 3 * (index % 4);
    return [
      {
        flow,
        points: [
          [start, y],
          [up, y],
          [up, top],
          [down, top],
          [down, y],
          [end, y],
        ],
        label: { x: up, y: y + 12 + flowLabel.height / 2 },
      },
    ];
  });
}
