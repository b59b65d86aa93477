import { changedCells } from '../cell-appearance.ts';
import { type Camera, cellRect, type Size } from '../scene/geometry.ts';
import { samePlaces } from '../scene/scene.ts';
import { paintBox } from './boxes.ts';
import { paintCell, type Sprites } from './cell.ts';
import { paintBoxMarks, paintCellMarks, paintFlows, paintLasso, paintLinks } from './marks.ts';
import type { PaintModel } from './paint-model.ts';
import { forgetTextWidths, Painter } from './painter.ts';
import { type Palette, readPalette } from './palette.ts';

/**
 * The canvas: one flush per frame. A change of appearances repaints only the cells that differ; the camera, the theme, the
 * selection and everything else repaint it all.
 */
export class SceneView {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private readonly sprites: Sprites = new Map();
  private palette: Palette;
  private model: PaintModel | null = null;
  private camera: Camera = { x: 0, y: 0, zoom: 1 };
  private size: Size = { width: 0, height: 0 };
  private ratio = 1;
  /** Cells to paint again in the next frame. */
  private dirty: Set<number> | 'all' = 'all';
  /** Of the frame that is asked for; 0: none. */
  private request = 0;
  /** Told after a frame was painted. */
  onPaint: (() => void) | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('This window cannot draw: no 2D canvas.');
    this.context = context;
    this.palette = readPalette();
  }

  /** CSS pixels and device pixels per CSS pixel. */
  resize(size: Size, ratio: number): void {
    if (size.width === this.size.width && size.height === this.size.height && ratio === this.ratio) return;
    this.size = size;
    if (ratio !== this.ratio) this.sprites.clear();
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(size.width * ratio));
    this.canvas.height = Math.max(1, Math.round(size.height * ratio));
    this.invalidate();
    // Painted at once: a resized canvas is empty, and would flicker until the next frame.
    this.flush();
  }

  /** Sprites are as large as the zoom makes them, so a zoom throws them away. */
  setCamera(camera: Camera): void {
    if (camera.zoom !== this.camera.zoom) this.sprites.clear();
    this.camera = camera;
    this.invalidate();
  }

  /** Paints again what differs from the model before, at the latest in the next frame. */
  setModel(model: PaintModel): void {
    const before = this.model;
    this.model = model;
    const cells = before === null ? null : onlyCellsDiffer(before, model);
    if (cells === null) this.invalidate();
    else if (cells.length > 0) this.invalidate(cells);
  }

  /** Looks again at colours and fonts: the theme, the contrast or the loaded fonts changed. */
  refreshStyle(): void {
    forgetTextWidths();
    this.palette = readPalette();
    this.sprites.clear();
    this.invalidate();
  }

  /** To be called before the canvas goes; nothing is painted afterwards. */
  dispose(): void {
    cancelAnimationFrame(this.request);
  }

  /** Has cells, by index, or everything painted in the next frame. */
  invalidate(cells: readonly number[] | 'all' = 'all'): void {
    if (cells === 'all' || this.dirty === 'all') this.dirty = 'all';
    else for (const cell of cells) this.dirty.add(cell);
    if (this.request === 0) this.request = requestAnimationFrame(() => this.flush());
  }

  private flush(): void {
    cancelAnimationFrame(this.request);
    this.request = 0;
    const { model, dirty } = this;
    if (model === null || this.size.width === 0) return;
    this.dirty = new Set();
    const painter = new Painter(this.context, this.camera, this.ratio, this.palette);
    if (dirty === 'all') this.paintAll(painter, model);
    else for (const index of dirty) this.repaintCell(painter, model, index);
    this.onPaint?.();
  }

  private paintAll(painter: Painter, model: PaintModel): void {
    const { context } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = this.palette.canvas;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    for (const range of model.scene.hosts) {
      const host = model.scene.boxes[range.box];
      if (host === undefined || !painter.isVisible(painter.rect(host.x, host.y, host.w, host.h))) continue;
      for (let index = range.box; index < range.boxEnd; index += 1) {
        const box = model.scene.boxes[index];
        if (box !== undefined) paintBox(painter, model, box);
      }
      for (let index = range.cellStart; index < range.cellEnd; index += 1)
        paintCell(painter, model, this.sprites, index);
    }
    if (model.links.length > 0) paintLinks(painter, model.links);
    for (const box of model.scene.boxes) paintBoxMarks(painter, model, box);
    for (const index of markedCells(model)) paintCellMarks(painter, model, index);
    paintFlows(painter, model);
    if (model.lasso !== null) paintLasso(painter, model.lasso);
  }

  /** Over the card of its primary, whose colour is laid under it again. */
  private repaintCell(painter: Painter, model: PaintModel, index: number): void {
    const rect = cellRect(model.scene, index, this.camera, this.ratio);
    this.context.fillStyle = this.palette.raised;
    this.context.fillRect(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top);
    paintCell(painter, model, this.sprites, index);
    paintCellMarks(painter, model, index);
  }
}

/** The cells that have a ring: part of a migration, selected, focused, hovered. */
function markedCells({ scene, selection, focus, hover, activity }: PaintModel): Set<number> {
  const marked = new Set<number>();
  for (const id of [...activity.cells.keys(), ...selection, focus, hover]) {
    const index = id === null ? undefined : scene.cells.indexOf.get(id);
    if (index !== undefined) marked.add(index);
  }
  return marked;
}

/** The cells to repaint when nothing but appearances of cells differs; null when everything must be painted. */
function onlyCellsDiffer(before: PaintModel, after: PaintModel): number[] | null {
  const same =
    before.selection === after.selection &&
    before.focus === after.focus &&
    before.hover === after.hover &&
    before.carry === after.carry &&
    before.lasso === after.lasso &&
    before.activity === after.activity &&
    after.links.length === 0 &&
    before.links.length === 0 &&
    before.fleet.virtualMachines === after.fleet.virtualMachines &&
    before.fleet.virtualSubsystems === after.fleet.virtualSubsystems &&
    before.fleet.hosts === after.fleet.hosts &&
    before.fleet.source === after.fleet.source &&
    (before.scene === after.scene || samePlaces(before.scene, after.scene));
  if (!same || !samePrimaries(before, after)) return null;
  return changedCells(before.appearances, after.appearances);
}

/** Whether the cards of the primaries and plain controllers would look the same. */
function samePrimaries(before: PaintModel, after: PaintModel): boolean {
  if (before.fleet.controllers === after.fleet.controllers) return true;
  return after.scene.boxes.every(
    ({ kind, id }) =>
      (kind !== 'primary' && kind !== 'plain') ||
      before.fleet.controllers[id] === after.fleet.controllers[id],
  );
}
