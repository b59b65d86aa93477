import { type Camera, type DeviceRect, toDevice } from '../scene/geometry.ts';
import type { Palette } from './palette.ts';

/** How a rounded rectangle is painted; without `fill` and `stroke` nothing shows. */
export interface Frame {
  readonly fill?: string;
  readonly stroke?: string;
  /** Corner radius and line width in world units; lines never get thinner than one device pixel. */
  readonly radius?: number;
  readonly line?: number;
  /** Lengths of dashes and gaps in world units; empty: a solid line. */
  readonly dash?: readonly number[];
}

/** How a text is painted; sizes are world units. */
export interface TextStyle {
  /** World units. */
  readonly size: number;
  readonly colour: string;
  readonly weight?: number;
  readonly mono?: boolean;
  readonly align?: 'left' | 'right' | 'center';
  /** Longest width in world units; longer text gets an ellipsis. */
  readonly width?: number;
  /** Where the ellipsis goes; identities keep their end. */
  readonly ellipsis?: 'end' | 'middle';
  /** Additional space between letters, in world units. */
  readonly spacing?: number;
}

/** Shortened texts and text widths by font: measuring is the dearest part of drawing text. */
const fitted = new Map<string, string>();
const widths = new Map<string, number>();
/** Emptied as a whole when full: a zoom step makes all of it useless anyway. */
const cacheCapacity = 6000;

/** Forgets every width: the fonts changed. */
export function forgetTextWidths(): void {
  fitted.clear();
  widths.clear();
}

/** Draws in world units on whole device pixels. */
export class Painter {
  readonly context: CanvasRenderingContext2D;
  readonly camera: Camera;
  readonly ratio: number;
  readonly palette: Palette;
  /** Device pixels for one world unit. */
  readonly scale: number;
  private readonly width: number;
  private readonly height: number;
  private lastFont = '';
  private lastGap = '';

  constructor(context: CanvasRenderingContext2D, camera: Camera, ratio: number, palette: Palette) {
    this.context = context;
    this.camera = camera;
    this.ratio = ratio;
    this.palette = palette;
    this.scale = camera.zoom * ratio;
    // Asked for every cell of every frame: the canvas element answers too slowly for that.
    this.width = context.canvas.width;
    this.height = context.canvas.height;
  }

  /** A world rectangle in whole device pixels. */
  rect(x: number, y: number, w: number, h: number): DeviceRect {
    return toDevice(this.camera, this.ratio, x, y, w, h);
  }

  /** Whether any of it lies on the canvas; what does not is never painted. */
  isVisible({ left, top, right, bottom }: DeviceRect): boolean {
    return right > 0 && bottom > 0 && left < this.width && top < this.height;
  }

  /** A rounded rectangle; its line lies inside, so that two neighbours never overlap. */
  frame(rect: DeviceRect, { fill, stroke, radius = 0, line = 1, dash = [] }: Frame): void {
    const { context } = this;
    const width = Math.max(1, Math.round(line * this.scale));
    const inset = stroke === undefined ? 0 : width / 2;
    context.beginPath();
    context.roundRect(
      rect.left + inset,
      rect.top + inset,
      Math.max(0, rect.right - rect.left - 2 * inset),
      Math.max(0, rect.bottom - rect.top - 2 * inset),
      Math.max(0, radius * this.scale - inset),
    );
    if (fill !== undefined) {
      context.fillStyle = fill;
      context.fill();
    }
    if (stroke !== undefined) {
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.setLineDash(dash.map((part) => part * this.scale));
      context.stroke();
    }
  }

  /** Text with its baseline at a world point. */
  text(text: string, x: number, y: number, style: TextStyle): void {
    const { context, scale } = this;
    const { colour, align = 'left', width, ellipsis = 'end' } = style;
    const font = this.setFont(style);
    if (context.textAlign !== align) context.textAlign = align;
    context.fillStyle = colour;
    const shown = width === undefined ? text : this.fit(text, font, width * scale, ellipsis);
    const left = Math.round((x - this.camera.x) * scale);
    const baseline = Math.round((y - this.camera.y) * scale);
    context.fillText(shown, left, baseline);
  }

  /** Draws text and answers how wide it is, in world units. */
  measuredText(text: string, x: number, y: number, style: TextStyle): number {
    this.text(text, x, y, style);
    return this.textWidth(text, style);
  }

  /** How wide a text is, in world units. */
  textWidth(text: string, style: TextStyle): number {
    const font = this.setFont(style);
    const key = `${font}|${style.spacing ?? 0}|${text}`;
    let width = widths.get(key);
    if (width === undefined) {
      width = this.context.measureText(text).width;
      if (widths.size > cacheCapacity) widths.clear();
      widths.set(key, width);
    }
    const natural = width / this.scale;
    return style.width === undefined ? natural : Math.min(natural, style.width);
  }

  /** Sets font and letter spacing, and answers the font's name for the caches. */
  private setFont({ size, weight = 400, mono = false, spacing }: TextStyle): string {
    const { context, scale } = this;
    // Half-pixel steps: a font for every fraction of a pixel would empty the browser's glyph cache while zooming.
    const pixels = Math.max(1, Math.round(size * scale * 2) / 2);
    const font = `${weight} ${pixels}px ${mono ? '"JetBrains Mono Variable", monospace' : '"Inter Variable", sans-serif'}`;
    const gap = spacing === undefined ? '0px' : `${spacing * scale}px`;
    // The context gives back another spelling than it was given, so what was set last is remembered here.
    if (this.lastFont !== font) context.font = font;
    if (this.lastGap !== gap) context.letterSpacing = gap;
    this.lastFont = font;
    this.lastGap = gap;
    return font;
  }

  /** The text as it fits into `width` device pixels, out of the cache where it can be. */
  private fit(text: string, font: string, width: number, ellipsis: 'end' | 'middle'): string {
    const key = `${font}|${Math.round(width)}|${ellipsis}|${text}`;
    const known = fitted.get(key);
    if (known !== undefined) return known;
    const shown = this.shorten(text, width, ellipsis);
    if (fitted.size > cacheCapacity) fitted.clear();
    fitted.set(key, shown);
    return shown;
  }

  /** By halving: the longest text that fits, with an ellipsis; empty where not even one letter does. */
  private shorten(text: string, width: number, ellipsis: 'end' | 'middle'): string {
    if (this.context.measureText(text).width <= width) return text;
    let low = 0;
    let high = text.length;
    const cut = (length: number) => {
      if (ellipsis === 'end') return `${text.slice(0, length)}…`;
      // The end of an identifier tells more than its beginning.
      const tail = Math.ceil(length * 0.6);
      return `${text.slice(0, length - tail)}…${text.slice(text.length - tail)}`;
    };
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.context.measureText(cut(middle)).width <= width) low = middle;
      else high = middle - 1;
    }
    return low === 0 ? '' : cut(low);
  }
}
