import type { Painter } from './painter.ts';

/** A small framed word; answers the x after it. */
export function paintTag(
  painter: Painter,
  text: string,
  x: number,
  baseline: number,
  colour?: string,
): number {
  const { palette } = painter;
  const w = painter.textWidth(text, { size: 10.5, colour: '' }) + 12;
  painter.frame(painter.rect(x, baseline - 12, w, 16), { stroke: colour ?? palette.line2, radius: 5 });
  painter.text(text, x + 6, baseline - 0.5, { size: 10.5, colour: colour ?? palette.mute });
  return x + w + 8;
}

/** From far away names are drawn larger than their place would be, as long as they can be read: they are what tells
 * things apart. */
export function paintFarTitle(
  painter: Painter,
  text: string,
  x: number,
  middle: number,
  width: number,
  weight = 600,
): void {
  const { zoom } = painter.camera;
  if (zoom < 0.3) return;
  const size = 10 / zoom;
  painter.text(text, x, middle + size * 0.36, { size, weight, colour: painter.palette.text, width });
}
