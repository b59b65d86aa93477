import { controllerFailure } from '#shared/fleet/failures.ts';
import { gapTitle } from '#shared/fleet/gap.ts';
import type { PrimaryController } from '#shared/fleet/schema.ts';
import { freeResources, type ResourceName } from '#shared/fleet/selectors.ts';
import { formatHex } from '../../ui/format.ts';
import { type BudgetPart, budgetParts } from '../budget-parts.ts';
import { deviceText, primaryText } from '../labels.ts';
import * as m from '../scene/metrics.ts';
import type { Box } from '../scene/scene.ts';
import type { PaintModel } from './paint-model.ts';
import type { Painter } from './painter.ts';
import { type Palette, tintColours } from './palette.ts';
import { paintFarTitle, paintTag } from './words.ts';

/** The card of a primary controller: head, VQ and VI budgets. Its cells are painted over it. */
export function paintPrimary(painter: Painter, model: PaintModel, box: Box, detailed: boolean): void {
  const { palette } = painter;
  const primary = model.fleet.controllers[box.id];
  if (primary?.role !== 'primary') return;
  painter.frame(painter.rect(box.x, box.y, box.w, box.h), {
    fill: palette.raised,
    stroke: primary.failure === undefined ? palette.line2 : palette.err,
    radius: 10,
  });
  if (!detailed) {
    paintFarTitle(
      painter,
      deviceText(primary),
      box.x + m.primaryPadding,
      box.y + m.primaryHead / 2,
      box.w - 24,
    );
    return;
  }
  const left = box.x + m.primaryPadding;
  const right = box.x + box.w - m.primaryPadding;
  const width = painter.measuredText(deviceText(primary), left, box.y + 22, {
    size: 12.5,
    weight: 600,
    mono: true,
    colour: palette.text,
  });
  const x = paintTag(painter, `primary ${formatHex(primary.cntlid)}`, left + width + 8, box.y + 22);
  const hint = model.carry?.hints.get(box.key);
  const failure = controllerFailure(primary);
  const problems = primary.problems.length;
  const mark = failure !== null ? `▼ ${failure}` : problems > 0 ? `▲ ${problems}` : '';
  painter.text(hint?.words ?? primaryText(primary), x, box.y + 22, {
    size: 12,
    colour: hint === undefined ? palette.mute : hint.allowed ? palette.accent : palette.mute,
    width: right - x - (failure !== null ? 110 : problems > 0 ? 30 : 0),
  });
  if (mark !== '')
    painter.text(mark, right, box.y + 22, {
      size: 11.5,
      weight: failure === null ? 400 : 600,
      colour: failure === null ? palette.mig : palette.err,
      align: 'right',
    });
  if (primary.secondaryIds.length === 0)
    painter.text('No secondary controllers', left, box.y + box.h - 11, { size: 11.5, colour: palette.mute });
  if (!primary.vq.supported && !primary.vi.supported) return;
  paintBudget(painter, model, primary, 'vq', left, right, box.y + m.primaryHead + 6);
  paintBudget(painter, model, primary, 'vi', left, right, box.y + m.primaryHead + 25);
}

function partColour(palette: Palette, model: PaintModel, part: BudgetPart): string {
  if (part.kind === 'private') return palette.faint;
  if (part.kind === 'primary') return palette.mute;
  if (part.kind === 'other') return palette.accent;
  return tintColours(palette, model.appearances.tints.get(part.nqn) ?? 1).line;
}

/** One bar: who holds how many of the resource, what is free as the empty rest; private ones count too. */
function paintBudget(
  painter: Painter,
  model: PaintModel,
  primary: PrimaryController,
  resource: ResourceName,
  left: number,
  right: number,
  y: number,
): void {
  const { palette } = painter;
  const pool = primary[resource];
  painter.text(resource.toUpperCase(), left, y + 9, { size: 11, colour: palette.mute });
  const words = pool.supported
    ? `${freeResources(primary, resource)} of ${pool.total} free`
    : pool.gap === undefined
      ? `${pool.privateToPrimary} private`
      : gapTitle(pool.gap);
  painter.text(words, right, y + 9, { size: 11, colour: palette.mute, align: 'right', width: 84 });
  const barLeft = left + 28;
  const barWidth = right - 88 - barLeft;
  painter.frame(painter.rect(barLeft, y + 1.5, barWidth, 7), { fill: palette.line, radius: 3.5 });
  const total = pool.total + pool.privateToPrimary;
  if (total === 0) return;
  let x = barLeft;
  const { context } = painter;
  context.save();
  context.beginPath();
  const clip = painter.rect(barLeft, y + 1.5, barWidth, 7);
  context.roundRect(clip.left, clip.top, clip.right - clip.left, clip.bottom - clip.top, 3.5 * painter.scale);
  context.clip();
  for (const part of budgetParts(model.fleet, primary, resource)) {
    const w = (part.count / total) * barWidth;
    // One pixel of the track stays between parts: neighbours are told apart without their colours.
    painter.frame(painter.rect(x, y + 1.5, Math.max(1, w - 1), 7), {
      fill: partColour(palette, model, part),
    });
    x += w;
  }
  context.restore();
}
