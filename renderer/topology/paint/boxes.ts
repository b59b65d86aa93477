import { countWords } from '#shared/count-words.ts';
import { controllerFailure, hostFailure, machineFailure } from '#shared/fleet/failures.ts';
import { noSriovWords, tellingCommandOf } from '#shared/fleet/not-recorded.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import { formatHex } from '../../ui/format.ts';
import { deviceText, hostText, machineText } from '../labels.ts';
import * as m from '../scene/metrics.ts';
import type { Box } from '../scene/scene.ts';
import type { PaintModel } from './paint-model.ts';
import type { Painter } from './painter.ts';
import { tintColours, tintLetter } from './palette.ts';
import { paintPrimary } from './primary.ts';
import { paintFarTitle, paintTag } from './words.ts';

/** Paints one box; cells are painted apart. */
export function paintBox(painter: Painter, model: PaintModel, box: Box): void {
  const rect = painter.rect(box.x, box.y, box.w, box.h);
  if (!painter.isVisible(rect)) return;
  const detailed = painter.camera.zoom >= m.plainZoom;
  const { palette } = painter;
  const hint = model.carry?.hints.get(box.key);
  if (model.carry !== null && hint?.allowed === false) painter.context.globalAlpha = 0.38;
  switch (box.kind) {
    case 'host':
      paintHost(painter, model, box);
      break;
    case 'label':
      if (detailed) paintLabel(painter, box);
      break;
    case 'new-virtual-subsystem':
      if (detailed && model.fleet.source.readOnly === null)
        painter.text(box.text, box.x + box.w, box.y + 14, {
          size: 11.5,
          weight: 600,
          colour: palette.accent,
          align: 'right',
        });
      break;
    case 'virtual-machine':
      paintMachine(painter, model, box, detailed);
      break;
    case 'virtual-subsystem':
      paintVirtualSubsystem(painter, model, box, detailed);
      break;
    case 'slot':
      painter.frame(rect, { fill: palette.panel, stroke: palette.line2, radius: 7 });
      if (detailed)
        painter.text(box.text, box.x + 9, box.y + 17, { size: 11.5, mono: true, colour: palette.text });
      break;
    case 'primary':
      paintPrimary(painter, model, box, detailed);
      break;
    case 'more':
      painter.frame(rect, { stroke: palette.line2, radius: 7, dash: [3, 3] });
      if (detailed) paintMore(painter, box);
      break;
    case 'plain':
      paintPlainController(painter, model, box, detailed);
      break;
    case 'namespace':
      painter.frame(rect, { stroke: palette.line2, radius: 6 });
      if (detailed)
        painter.text(box.text, box.x + 8, box.y + 14.5, {
          size: 11,
          mono: true,
          colour: palette.mute,
          width: box.w - 14,
        });
  }
  painter.context.globalAlpha = 1;
}

function paintHost(painter: Painter, model: PaintModel, box: Box): void {
  const { palette } = painter;
  const host = model.fleet.hosts[box.id];
  if (host === undefined) return;
  const rect = painter.rect(box.x, box.y, box.w, box.h);
  const failure = hostFailure(model.fleet, host);
  painter.frame(rect, {
    fill: palette.panel,
    stroke: failure === null ? palette.line : palette.err,
    radius: 14,
  });
  const line = painter.rect(box.x, box.y + m.hostHeader, box.w, 1);
  painter.context.fillStyle = palette.line;
  painter.context.fillRect(line.left, line.top, line.right - line.left, Math.max(1, line.bottom - line.top));
  if (painter.camera.zoom < m.plainZoom) {
    paintFarTitle(painter, host.name, box.x + 14, box.y + m.hostHeader / 2, box.w - 28, 700);
    return;
  }
  const after = painter.measuredText(host.name, box.x + 14, box.y + 26, {
    size: 14,
    weight: 650,
    colour: palette.text,
    width: box.w / 2,
  });
  const role = model.activity.hosts.get(host.id) ?? (host.kind === 'capture' ? 'capture' : host.kind);
  const x = paintTag(painter, role, box.x + 14 + after + 9, box.y + 26);
  painter.text(hostText(host), x + 2, box.y + 26, {
    size: 12,
    colour: palette.mute,
    width: box.x + box.w - 14 - x - (failure !== null || host.problems.length > 0 ? 100 : 0),
  });
  if (failure !== null)
    painter.text(`▼ ${failure}`, box.x + box.w - 14, box.y + 26, {
      size: 11.5,
      weight: 600,
      colour: palette.err,
      align: 'right',
    });
  else if (host.problems.length > 0)
    painter.text(`▲ ${countWords(host.problems.length, 'problem')}`, box.x + box.w - 14, box.y + 26, {
      size: 11.5,
      colour: palette.mig,
      align: 'right',
    });
}

/** The NQN of an NVM subsystem follows its label; every other aside stands at the right end. */
function paintLabel(painter: Painter, box: Box): void {
  const { palette } = painter;
  const style = { size: 10.5, weight: 600, colour: palette.label, spacing: 0.75 } as const;
  const width = painter.measuredText(box.text.toUpperCase(), box.x, box.y + 12, style);
  if (box.aside === '') return;
  if (box.text === 'NVM subsystem')
    painter.text(box.aside, box.x + width + 8, box.y + 12, {
      size: 10.5,
      mono: true,
      colour: palette.label,
      width: box.w - width - 10,
      ellipsis: 'middle',
    });
  else painter.text(box.aside, box.x + box.w, box.y + 12, { ...style, align: 'right' });
}

/** While it migrates, what it does stands in place of memory and state. */
function paintMachine(painter: Painter, model: PaintModel, box: Box, detailed: boolean): void {
  const { palette } = painter;
  const machine = model.fleet.virtualMachines[box.id];
  if (machine === undefined) return;
  const activity = model.activity.machines.get(box.id);
  const moving = activity !== undefined || machine.state === 'incoming';
  const failure = machineFailure(model.fleet, machine);
  painter.frame(painter.rect(box.x, box.y, box.w, box.h), {
    fill: failure === null ? palette.raised : palette['err-bg'],
    stroke: failure !== null ? palette.err : moving ? palette.mig : palette.line2,
    radius: 9,
    dash: machine.state === 'incoming' ? [4, 3] : [],
  });
  if (!detailed) {
    paintFarTitle(painter, machine.name, box.x + 11, box.y + box.h / 2, box.w - 22);
    return;
  }
  const inner = box.w - 22;
  painter.text(machine.name, box.x + 11, box.y + 20.5, {
    size: 12.5,
    weight: 650,
    colour: palette.text,
    width: inner,
  });
  const hint = model.carry?.hints.get(box.key);
  if (hint !== undefined) {
    painter.text(hint.words, box.x + 11, box.y + 38, {
      size: 11,
      colour: hint.allowed ? palette.accent : palette.mute,
      width: inner,
    });
    return;
  }
  if (failure !== null) {
    painter.text(`▼ ${failure} · ${machine.state}`, box.x + 11, box.y + 38, {
      ...{ size: 11, weight: 600, colour: palette.err, width: inner },
    });
    return;
  }
  const text = machineText(machine);
  const used = painter.measuredText(
    activity === undefined ? text : `${machine.vcpus} vCPU · `,
    box.x + 11,
    box.y + 38,
    {
      size: 11,
      colour: palette.mute,
      width: inner,
    },
  );
  if (activity !== undefined)
    painter.text(activity, box.x + 11 + used, box.y + 38, {
      size: 11,
      weight: 550,
      colour: palette.mig,
      width: inner - used,
    });
}

/** Tint and letter are those of its NQN: the same on both hosts of a migration. */
function paintVirtualSubsystem(painter: Painter, model: PaintModel, box: Box, detailed: boolean): void {
  const { palette } = painter;
  const virtual = model.fleet.virtualSubsystems[box.id];
  if (virtual === undefined) return;
  const tint = model.appearances.tints.get(virtual.nqn) ?? 1;
  const colours = tintColours(palette, tint);
  const activity = model.activity.virtualSubsystems.get(box.id);
  painter.frame(painter.rect(box.x, box.y, box.w, box.h), {
    fill: colours.background,
    stroke: colours.line,
    radius: 10,
    dash: activity === 'prepared' ? [4, 3] : [],
  });
  if (!detailed) {
    paintFarTitle(painter, virtualSubsystemTitle(virtual), box.x + 11, box.y + m.groupHead / 2, box.w - 22);
    return;
  }
  const inner = box.w - 22;
  const letter = painter.measuredText(tintLetter(tint), box.x + 11, box.y + 21, {
    size: 11,
    weight: 800,
    colour: colours.line,
  });
  const title = virtualSubsystemTitle(virtual);
  painter.text(title, box.x + 17 + letter, box.y + 21, {
    size: 13,
    weight: 650,
    colour: palette.text,
    width: inner - 170,
  });
  const members = `vcid ${virtual.primaryVirtualId} · ${countWords(virtual.members.length, 'controller')}`;
  painter.text(members, box.x + box.w - 11, box.y + 21, { size: 12, colour: palette.mute, align: 'right' });
  painter.text(virtual.nqn, box.x + 11, box.y + 39, {
    size: 11.5,
    mono: true,
    colour: palette.mute,
    width: inner - (activity === undefined ? 0 : 110),
    ellipsis: 'middle',
  });
  if (activity !== undefined)
    painter.text(activity, box.x + box.w - 11, box.y + 39, {
      size: 12,
      colour: activity === 'prepared' ? palette.mute : palette.mig,
      align: 'right',
    });
  paintSlotHint(painter, model, box, virtual.members.length);
}

/** Where the next slot would be: what a drop does, or what to do with an empty virtual subsystem. */
function paintSlotHint(painter: Painter, model: PaintModel, box: Box, count: number): void {
  const { palette } = painter;
  const hint = model.carry?.hints.get(box.key);
  if (hint === undefined && count > 0) return;
  const slots = model.scene.boxes.filter(
    (other) =>
      other.kind === 'slot' &&
      other.x >= box.x &&
      other.x < box.x + box.w &&
      other.y > box.y &&
      other.y < box.y + box.h,
  );
  const last = slots.at(-1);
  const x = last === undefined ? box.x + m.groupPadding : last.x + last.w + m.slotGap;
  const y = last?.y ?? box.y + m.groupHead;
  const width = box.x + box.w - m.groupPadding - x;
  if (hint === undefined) {
    painter.text('No controllers yet · drop a secondary controller here', x + 1, y + 17, {
      size: 11.5,
      colour: palette.mute,
      width,
    });
    return;
  }
  const text = hint.words;
  const w = Math.min(width, Math.max(m.slotMinimum, text.length * m.monoAdvance + 22));
  if (w < 40) return;
  if (hint.allowed)
    painter.frame(painter.rect(x, y, w, m.slotHeight), {
      fill: palette['accent-bg'],
      stroke: palette.accent,
      radius: 7,
      line: 1.5,
      dash: [3, 3],
    });
  painter.text(text, x + 9, y + 17, {
    size: 11.5,
    mono: hint.allowed,
    colour: hint.allowed ? palette.accent : palette.mute,
    width: hint.allowed ? w - 14 : width - 10,
  });
}

/** `17 ×` over `free`. */
function paintMore(painter: Painter, box: Box): void {
  const [count = '', word = ''] = [
    box.text.slice(0, box.text.indexOf('×') + 1),
    box.text.slice(box.text.indexOf('×') + 2),
  ];
  const style = { size: 10.5, mono: true, colour: painter.palette.mute, align: 'center' } as const;
  painter.text(count, box.x + box.w / 2, box.y + 14.5, style);
  painter.text(word, box.x + box.w / 2, box.y + 27, style);
}

function paintPlainController(painter: Painter, model: PaintModel, box: Box, detailed: boolean): void {
  const { palette } = painter;
  const controller = model.fleet.controllers[box.id];
  if (controller?.role !== 'plain') return;
  painter.frame(painter.rect(box.x, box.y, box.w, box.h), {
    fill: palette.raised,
    stroke: controller.failure === undefined ? palette.line2 : palette.err,
    radius: 10,
  });
  if (!detailed) return;
  const width = painter.measuredText(deviceText(controller), box.x + 12, box.y + 20, {
    size: 12.5,
    weight: 600,
    mono: true,
    colour: palette.text,
  });
  const x = paintTag(
    painter,
    tellingCommandOf(controller, 'cntlid') === null
      ? `controller ${formatHex(controller.cntlid)}`
      : 'controller',
    box.x + 12 + width + 8,
    box.y + 20,
  );
  painter.text(
    `${controller.deviceName === null ? '' : `${controller.pciAddress ?? controller.transport} · `}${noSriovWords(controller)}`,
    x,
    box.y + 20,
    {
      size: 12,
      colour: palette.mute,
      width: box.x + box.w - 10 - x,
    },
  );
  const failure = controllerFailure(controller);
  if (failure !== null) {
    painter.text(`▼ ${failure}`, box.x + 12, box.y + 38, {
      ...{ size: 11.5, weight: 600, colour: palette.err, width: box.w - 24 },
    });
    return;
  }
  const { identity } = controller;
  painter.text(
    identity === null ? 'Identify Controller could not be read' : identityText(identity),
    box.x + 12,
    box.y + 38,
    {
      size: 11.5,
      colour: palette.mute,
      width: box.w - 24,
    },
  );
}

function identityText(identity: NonNullable<Fleet['controllers'][string]['identity']>): string {
  return `${identity.modelNumber} · serial ${identity.serialNumber} · firmware ${identity.firmwareRevision}`;
}
