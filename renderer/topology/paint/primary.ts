import type { Fleet, FlexibleResources, PrimaryController } from '#shared/fleet/schema.ts';
import { freeResources, type ResourceName, secondariesOf } from '#shared/fleet/selectors.ts';
import { formatHex } from '../../ui/format.ts';
import { deviceText, primaryText } from '../labels.ts';
import * as m from '../scene/metrics.ts';
import type { Box } from '../scene/scene.ts';
import { paintFarTitle, paintTag } from './boxes.ts';
import type { PaintModel } from './paint-model.ts';
import type { Painter } from './painter.ts';
import { type Palette, tintColours } from './palette.ts';

export interface BudgetPart {
  readonly kind: 'private' | 'primary' | 'virtual-subsystem' | 'other';
  readonly nqn: string;
  readonly count: number;
}

/** How a resource type of a primary is spent: private, its own, by virtual subsystem, by other secondaries. */
export function budgetParts(fleet: Fleet, primary: PrimaryController, resource: ResourceName): BudgetPart[] {
  const pool: FlexibleResources = primary[resource];
  const byOwner = new Map<string, number>();
  for (const secondary of secondariesOf(fleet, primary)) {
    const nqn = fleet.virtualSubsystems[secondary.virtualSubsystemId ?? '']?.nqn ?? '';
    const count = resource === 'vq' ? secondary.nvq : secondary.nvi;
    byOwner.set(nqn, (byOwner.get(nqn) ?? 0) + count);
  }
  const parts: BudgetPart[] = [
    { kind: 'private', nqn: '', count: pool.privateToPrimary },
    { kind: 'primary', nqn: '', count: pool.allocatedToPrimary },
  ];
  for (const [nqn, count] of [...byOwner].sort(([left], [right]) => (left < right ? 1 : -1)))
    parts.push({ kind: nqn === '' ? 'other' : 'virtual-subsystem', nqn, count });
  return parts.filter(({ count }) => count > 0);
}

/** The card of a primary controller: head, VQ and VI budgets. Its cells are painted over it. */
export function paintPrimary(painter: Painter, model: PaintModel, box: Box, detailed: boolean): void {
  const { palette } = painter;
  const primary = model.fleet.controllers[box.id];
  if (primary?.role !== 'primary') return;
  painter.frame(painter.rect(box.x, box.y, box.w, box.h), {
    fill: palette.raised,
    stroke: palette.line2,
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
  const problems = primary.problems.length;
  painter.text(hint?.words ?? primaryText(primary), x, box.y + 22, {
    size: 12,
    colour: hint === undefined ? palette.mute : hint.allowed ? palette.accent : palette.mute,
    width: right - x - (problems > 0 ? 30 : 0),
  });
  if (problems > 0)
    painter.text(`▲ ${problems}`, right, box.y + 22, { size: 11.5, colour: palette.mig, align: 'right' });
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
  return tintColours(palette, model.looks.tints.get(part.nqn) ?? 1).line;
}

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
    : `${pool.privateToPrimary} private`;
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
