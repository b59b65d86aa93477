import { flowPlaces } from '../scene/flow-places.ts';
import { boxRect, cellRect, type DeviceRect } from '../scene/geometry.ts';
import type { LinkKind, SceneLink } from '../scene/links.ts';
import type { Box } from '../scene/scene.ts';
import type { PaintModel } from './paint-model.ts';
import type { Painter } from './painter.ts';

/** As the legend draws them: what a line says must not hang on its colour. */
const linkDashes: Record<LinkKind, readonly number[]> = {
  'controlled-by': [],
  namespace: [5, 4],
  'virtual-machine': [2, 3],
  'virtual-subsystem': [9, 3],
};

function grow(rect: DeviceRect, by: number): DeviceRect {
  return { left: rect.left - by, top: rect.top - by, right: rect.right + by, bottom: rect.bottom + by };
}

/** Selection and focus ring of one cell. The scene draws them, so that they follow the camera exactly. */
export function paintCellMarks(painter: Painter, model: PaintModel, index: number): void {
  const id = model.scene.cells.ids[index];
  if (id === undefined) return;
  const rect = cellRect(model.scene, index, painter.camera, painter.ratio);
  const part = model.activity.cells.get(id);
  // The dashes tell them apart: what comes is not there yet.
  if (part !== undefined && painter.isVisible(rect))
    painter.frame(rect, {
      ...{ stroke: painter.palette.mig, radius: 7, line: 2 },
      dash: part === 'destination' ? [4, 3] : [],
    });
  paintMarks(painter, rect, 7, {
    selected: model.selection.has(id),
    focused: model.focus === id,
    hovered: model.hover === id,
  });
}

/** Selection, focus ring and drop target of one box. A host shows its focus only: it fills most of the screen. */
export function paintBoxMarks(painter: Painter, model: PaintModel, box: Box): void {
  if (box.kind === 'label' || box.kind === 'host') {
    if (box.kind === 'label' || model.focus !== box.key) return;
  }
  const hint = model.carry?.hints.get(box.key);
  const rect = boxRect(box, painter.camera, painter.ratio);
  if (hint?.allowed === true) {
    const over = model.carry?.over === box.key;
    painter.frame(rect, {
      stroke: painter.palette.accent,
      radius: 10,
      line: over ? 2.5 : 1.5,
      dash: over ? [] : [5, 3],
    });
  }
  paintMarks(painter, rect, box.kind === 'host' ? 14 : 9, {
    selected: box.kind !== 'more' && box.kind !== 'new-virtual-subsystem' && model.selection.has(box.id),
    focused: model.focus === box.key,
    hovered: model.carry === null && model.hover === box.key && box.kind !== 'host' && box.kind !== 'primary',
  });
}

/** The focus ring lies outside the selection, so that both can be seen at once. */
function paintMarks(
  painter: Painter,
  rect: DeviceRect,
  radius: number,
  { selected, focused, hovered }: { selected: boolean; focused: boolean; hovered: boolean },
): void {
  if (!painter.isVisible(rect)) return;
  const { palette, scale } = painter;
  const pixel = Math.max(1, Math.round(scale));
  if (selected) {
    painter.frame(grow(rect, 2 * pixel), { stroke: palette.accent, radius: radius + 2, line: 2 });
  } else if (hovered) {
    painter.frame(rect, { stroke: palette.faint, radius });
  }
  if (focused)
    painter.frame(grow(rect, (selected ? 4 : 2) * pixel), {
      stroke: palette.text,
      radius: radius + 3,
      line: 1.5,
      dash: [3, 2],
    });
}

/** The relations of what is hovered or selected, each kind with its own dash. */
export function paintLinks(painter: Painter, links: readonly SceneLink[]): void {
  const { context, scale, camera, palette } = painter;
  const at = (x: number, y: number) => [(x - camera.x) * scale, (y - camera.y) * scale] as const;
  context.strokeStyle = palette.accent;
  context.fillStyle = palette.accent;
  context.lineWidth = Math.max(1, 1.5 * scale);
  for (const { kind, from, to } of links) {
    const up = to.y + to.h <= from.y;
    const [x0, y0] = at(from.x + from.w / 2, up ? from.y : from.y + from.h);
    const [x1, y1] = at(to.x + Math.min(to.w / 2, 60), up ? to.y + to.h : to.y);
    const bend = (y1 - y0) / 2;
    context.setLineDash(linkDashes[kind].map((part) => part * scale));
    context.globalAlpha = 0.85;
    context.beginPath();
    context.moveTo(x0, y0);
    context.bezierCurveTo(x0, y0 + bend, x1, y1 - bend, x1, y1);
    context.stroke();
    context.beginPath();
    context.arc(x1, y1, 2.5 * scale, 0, Math.PI * 2);
    context.fill();
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

/** The arrows of migrations; their labels are buttons over the canvas. Nothing of them moves by itself. */
export function paintFlows(painter: Painter, model: PaintModel): void {
  if (model.activity.flows.length === 0) return;
  const { context, scale, camera, palette } = painter;
  const at = ([x, y]: readonly [number, number]) => [(x - camera.x) * scale, (y - camera.y) * scale] as const;
  context.strokeStyle = palette.mig;
  context.lineWidth = Math.max(1, 2 * scale);
  for (const { points } of flowPlaces(model.scene, model.activity.flows)) {
    const [last, before] = [points.at(-1), points.at(-2)];
    if (last === undefined || before === undefined) continue;
    const back = last[0] >= before[0] ? -7 : 7;
    context.setLineDash([5 * scale, 4 * scale]);
    context.beginPath();
    for (const [index, point] of points.entries())
      if (index === 0) context.moveTo(...at(point));
      else context.lineTo(...at(point));
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(...at([last[0] + back, last[1] - 7]));
    context.lineTo(...at(last));
    context.lineTo(...at([last[0] + back, last[1] + 7]));
    context.stroke();
  }
}

/** The rectangle that a Shift drag spans. */
export function paintLasso(painter: Painter, lasso: NonNullable<PaintModel['lasso']>): void {
  const { context, ratio, palette } = painter;
  const left = Math.min(lasso.x0, lasso.x1) * ratio;
  const top = Math.min(lasso.y0, lasso.y1) * ratio;
  const width = Math.abs(lasso.x1 - lasso.x0) * ratio;
  const height = Math.abs(lasso.y1 - lasso.y0) * ratio;
  context.globalAlpha = 0.14;
  context.fillStyle = palette.accent;
  context.fillRect(left, top, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = palette.accent;
  context.lineWidth = ratio;
  context.setLineDash([4 * ratio, 3 * ratio]);
  context.strokeRect(left, top, width, height);
  context.setLineDash([]);
}
