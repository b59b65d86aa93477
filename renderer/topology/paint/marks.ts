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
  paintMarks(painter, cellRect(model.scene, index, painter.camera, painter.ratio), 7, {
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

/** The arrow between two hosts while memory flows. */
export function paintFlows(painter: Painter, model: PaintModel): void {
  const { context, scale, camera, palette } = painter;
  for (const flow of model.activity.flows) {
    const [from, to] = [flow.from, flow.to].map((id) => {
      const range = model.scene.hosts.find((host) => host.hostId === id);
      return range === undefined ? undefined : model.scene.boxes[range.box];
    });
    if (from === undefined || to === undefined) continue;
    const forward = from.x <= to.x;
    const x0 = forward ? from.x + from.w + 3 : from.x - 3;
    const x1 = forward ? to.x - 3 : to.x + to.w + 3;
    const y = Math.max(from.y, to.y) + 84;
    const tip = forward ? -7 : 7;
    const at = (wx: number, wy: number) => [(wx - camera.x) * scale, (wy - camera.y) * scale] as const;
    context.strokeStyle = palette.mig;
    context.lineWidth = Math.max(1, 2 * scale);
    context.setLineDash([5 * scale, 4 * scale]);
    context.beginPath();
    context.moveTo(...at(x0, y));
    context.lineTo(...at(x1 + tip / 2, y));
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(...at(x1 + tip, y - 7));
    context.lineTo(...at(x1, y));
    context.lineTo(...at(x1 + tip, y + 7));
    context.stroke();
    painter.text(flow.text, (x0 + x1) / 2, y + 24, { size: 10, colour: palette.mig, align: 'center' });
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
