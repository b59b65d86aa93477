import type { ControllerFailure } from '#shared/fleet/failures.ts';
import type { SecondaryController } from '#shared/fleet/schema.ts';
import type { CellAppearance, CellState } from '../cell-appearance.ts';
import { unpackAppearance } from '../cell-appearance.ts';
import { cellText, cellTitle } from '../labels.ts';
import { cellRect, type DeviceRect } from '../scene/geometry.ts';
import { plainZoom } from '../scene/metrics.ts';
import type { PaintModel } from './paint-model.ts';
import type { Painter } from './painter.ts';
import { type ColourName, type Palette, tintColours, tintLetter } from './palette.ts';

/** Opacity of a cell that the filter does not let through; it stays where it is. */
const dimmed = 0.28;

/** Frames of cells by appearance and size; emptied when the theme or the pixel ratio changes. */
export type Sprites = Map<string, OffscreenCanvas>;

const stateColours = {
  offline: 'free',
  absent: 'free',
  online: 'online',
  migrating: 'mig',
  error: 'err',
  failed: 'err',
} as const satisfies Record<CellState, ColourName>;

function stateColour(palette: Palette, state: CellState): string {
  return palette[stateColours[state]];
}

function borderColour(palette: Palette, appearance: CellAppearance): string {
  if (appearance.state === 'error' || appearance.state === 'failed') return palette.err;
  if (appearance.state === 'migrating') return palette.mig;
  return appearance.tint > 0 ? tintColours(palette, appearance.tint).line : palette.line2;
}

/** Paints one secondary controller: frame, state shape, number, resources, owner. */
export function paintCell(painter: Painter, model: PaintModel, sprites: Sprites, index: number): void {
  const rect = cellRect(model.scene, index, painter.camera, painter.ratio);
  if (!painter.isVisible(rect)) return;
  const id = model.scene.cells.ids[index];
  const secondary = model.fleet.controllers[id ?? ''];
  if (id === undefined || secondary?.role !== 'secondary') return;
  const appearance = unpackAppearance(model.appearances.values[index] ?? 0);
  const { context } = painter;
  const carried = model.carry?.ids.has(id) === true;
  context.globalAlpha = carried ? 0.45 : appearance.dim ? dimmed : 1;
  if (painter.camera.zoom < plainZoom) {
    paintPlain(painter, rect, appearance);
  } else {
    context.drawImage(spriteFor(painter, sprites, rect, appearance), rect.left, rect.top);
    const x = model.scene.cells.x[index] ?? 0;
    const y = model.scene.cells.y[index] ?? 0;
    paintCellText(painter, x, y, secondary, appearance);
  }
  context.globalAlpha = 1;
}

function paintCellText(
  painter: Painter,
  x: number,
  y: number,
  secondary: SecondaryController,
  appearance: CellAppearance,
): void {
  const { palette } = painter;
  const title = cellTitle(secondary);
  const short = title.length > 5 ? title.replace(' ', '') : title;
  painter.text(short, x + 6, y + 14, {
    size: 10.2,
    weight: 600,
    mono: true,
    colour: appearance.state === 'absent' ? palette.mute : palette.text,
    width: 36,
  });
  painter.text(secondLine(secondary, appearance), x + 6, y + 27, {
    size: 10,
    mono: true,
    colour: appearance.state === 'failed' ? palette.err : palette.mute,
  });
  if (appearance.tint > 0)
    painter.text(tintLetter(appearance.tint), x + 46, y + 28, {
      size: 8.5,
      weight: 700,
      colour: tintColours(palette, appearance.tint).line,
      align: 'right',
    });
}

/** What has failed is said in one short word; how many resources it holds matters less then. */
const failureWords: Readonly<Record<ControllerFailure, string>> = {
  fatal: 'fatal',
  removed: 'gone',
  'not-answering': 'silent',
};

function secondLine({ failure }: SecondaryController, { state, nvq, nvi }: CellAppearance): string {
  if (failure !== undefined) return failureWords[failure];
  return state === 'absent' ? 'no VF' : cellText(nvq, nvi);
}

/** Far away: a filled rectangle, brighter for what is in use. */
function paintPlain(painter: Painter, rect: DeviceRect, appearance: CellAppearance): void {
  const { context, palette } = painter;
  const busy = appearance.state !== 'offline' && appearance.state !== 'absent';
  context.fillStyle = busy ? stateColour(palette, appearance.state) : palette.line2;
  const { left, top, right, bottom } = rect;
  context.fillRect(left, top, right - left, bottom - top);
  if (appearance.tint === 0) return;
  context.fillStyle = tintColours(palette, appearance.tint).line;
  context.fillRect(
    left,
    Math.round((top + bottom) / 2),
    right - left,
    bottom - Math.round((top + bottom) / 2),
  );
}

function spriteFor(
  painter: Painter,
  sprites: Sprites,
  rect: DeviceRect,
  appearance: CellAppearance,
): OffscreenCanvas {
  const width = rect.right - rect.left;
  const height = rect.bottom - rect.top;
  const key = `${appearance.state}|${appearance.tint}|${appearance.machine}|${width}|${height}`;
  const known = sprites.get(key);
  if (known !== undefined) return known;
  const sprite = new OffscreenCanvas(width, height);
  const context = sprite.getContext('2d');
  if (context !== null) drawSprite(context, painter.palette, painter.scale, width, height, appearance);
  // A bound for long sessions: about as many as states, tints and sizes can make.
  if (sprites.size > 400) sprites.clear();
  sprites.set(key, sprite);
  return sprite;
}

function drawSprite(
  context: OffscreenCanvasRenderingContext2D,
  palette: Palette,
  scale: number,
  width: number,
  height: number,
  appearance: CellAppearance,
): void {
  const line = Math.max(1, Math.round(scale));
  context.beginPath();
  context.roundRect(line / 2, line / 2, width - line, height - line, 7 * scale);
  context.fillStyle =
    appearance.state === 'failed'
      ? palette['err-bg']
      : appearance.tint > 0
        ? tintColours(palette, appearance.tint).background
        : palette.panel;
  context.fill();
  context.strokeStyle = borderColour(palette, appearance);
  context.lineWidth = line;
  if (appearance.state === 'absent') context.setLineDash([3 * scale, 3 * scale]);
  context.stroke();
  context.setLineDash([]);
  drawState(context, palette, scale, width - 7.5 * scale, 10 * scale, appearance.state);
  if (!appearance.machine) return;
  // A filled foot: the secondary is handed to a virtual machine.
  context.fillStyle = borderColour(palette, appearance);
  context.fillRect(9 * scale, height - line - 1.5 * scale, width - 18 * scale, 1.5 * scale);
}

/**
 * Ring: offline. Disc: online. Diamond: migrating. Cross: error. Bar: the virtual function does not exist. Triangle that
 * points down: the controller failed.
 */
export function drawState(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  palette: Palette,
  scale: number,
  x: number,
  y: number,
  state: CellState,
): void {
  const radius = 3.5 * scale;
  context.strokeStyle = stateColour(palette, state);
  context.fillStyle = stateColour(palette, state);
  context.lineWidth = 1.5 * scale;
  context.beginPath();
  switch (state) {
    case 'offline':
      context.arc(x, y, radius - 0.75 * scale, 0, Math.PI * 2);
      context.stroke();
      return;
    case 'online':
      context.arc(x, y, radius, 0, Math.PI * 2);
      context.fill();
      return;
    case 'migrating':
      context.moveTo(x, y - radius * 1.2);
      context.lineTo(x + radius * 1.2, y);
      context.lineTo(x, y + radius * 1.2);
      context.lineTo(x - radius * 1.2, y);
      context.fill();
      return;
    case 'error':
      context.moveTo(x - radius, y - radius);
      context.lineTo(x + radius, y + radius);
      context.moveTo(x + radius, y - radius);
      context.lineTo(x - radius, y + radius);
      context.stroke();
      return;
    case 'failed':
      context.moveTo(x - radius, y - radius * 0.8);
      context.lineTo(x + radius, y - radius * 0.8);
      context.lineTo(x, y + radius);
      context.fill();
      return;
    case 'absent':
      context.moveTo(x - radius, y);
      context.lineTo(x + radius, y);
      context.stroke();
  }
}
