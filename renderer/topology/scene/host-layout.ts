import type { Fleet, Host, PrimaryController, VirtualSubsystem } from '#shared/fleet/schema.ts';
import { findSecondary, secondariesOf } from '#shared/fleet/selectors.ts';
import { namespaceText, slotText } from '../labels.ts';
import { type Collapsed, collapse } from './collapse.ts';
import type { HostContent } from './host-content.ts';
import * as m from './metrics.ts';
import type { Box, BoxKind, ShownCells } from './scene.ts';

/** A host with its places in world units; the scene joins them. */
export interface LaidHost {
  readonly boxes: readonly Box[];
  readonly cells: readonly { id: string; x: number; y: number }[];
  /** Cells that each primary shows, by its id. */
  readonly shown: ReadonlyMap<string, number>;
  /** Of the whole host; the next shelf starts below the tallest. */
  readonly height: number;
}

/** Lays out one host from top to bottom; `y` is the pen. */
export class HostLayout {
  private readonly boxes: Box[] = [];
  private readonly cells: { id: string; x: number; y: number }[] = [];
  private readonly shown = new Map<string, number>();
  private y: number;
  private readonly left: number;
  private readonly fleet: Fleet;
  private readonly content: HostContent;
  private readonly before: ShownCells;
  private readonly x: number;
  private readonly top: number;

  constructor(fleet: Fleet, content: HostContent, before: ShownCells, x: number, top: number) {
    this.fleet = fleet;
    this.content = content;
    this.before = before;
    this.x = x;
    this.top = top;
    this.left = x + m.hostPadding;
    this.y = top + m.hostHeader + m.sectionGap;
  }

  /** Lays out the host; once for each instance. */
  run(host: Host): LaidHost {
    if (this.content.machines.length > 0) this.machines(host);
    if (this.content.virtualSubsystems.length > 0 || host.capabilities.virtualSubsystems.available)
      this.virtualSubsystems(host);
    for (const [subsystemId, controllers] of this.content.subsystems)
      this.subsystem(host, subsystemId, controllers);
    const height = this.y - this.top + 4;
    const frame = this.box('host', host.id, host.id, this.x, this.top, m.hostWidth, height);
    // The frame goes first, so that its content is painted over it and found before it.
    this.boxes.pop();
    return { boxes: [frame, ...this.boxes], cells: this.cells, shown: this.shown, height };
  }

  /** Appends a box. Order is meaning: later ones are painted over earlier ones and found first. */
  private box(
    kind: BoxKind,
    key: string,
    id: string,
    x: number,
    y: number,
    w: number,
    h: number,
    text = '',
    aside = '',
  ): Box {
    const box: Box = { kind, key: `${kind}:${key}`, id, x, y, w, h, text, aside };
    this.boxes.push(box);
    return box;
  }

  /** A section label, and the pen below it. */
  private label(key: string, text: string, aside = ''): void {
    this.box('label', key, '', this.left, this.y, m.innerWidth, m.labelHeight - 7, text, aside);
    this.y += m.labelHeight;
  }

  private machines(host: Host): void {
    const { machines } = this.content;
    this.label(`${host.id}:machines`, 'Virtual machines', String(machines.length));
    for (const [index, id] of machines.entries()) {
      const x = this.left + (index % 2) * (m.machineWidth + m.machineGap);
      const y = this.y + Math.floor(index / 2) * (m.machineHeight + m.machineGap);
      const alone = machines.length === 1 ? m.innerWidth : m.machineWidth;
      this.box('virtual-machine', id, id, x, y, alone, m.machineHeight);
    }
    this.y += Math.ceil(machines.length / 2) * (m.machineHeight + m.machineGap) - m.machineGap + m.sectionGap;
  }

  private virtualSubsystems(host: Host): void {
    const y = this.y;
    this.label(`${host.id}:virtual`, 'Virtual subsystems');
    if (host.capabilities.virtualSubsystems.available)
      this.box(
        'new-virtual-subsystem',
        host.id,
        host.id,
        this.left + m.innerWidth - 48,
        y - 3,
        48,
        20,
        '+ New',
      );
    if (this.content.virtualSubsystems.length === 0) this.y += 0;
    for (const id of this.content.virtualSubsystems) {
      const virtual = this.fleet.virtualSubsystems[id];
      if (virtual !== undefined) this.virtualSubsystem(virtual);
    }
    this.y += this.content.virtualSubsystems.length === 0 ? 2 : m.sectionGap - m.cardGap;
  }

  /** Slots flow like words; their widths are computed from the text's length, because the layout measures nothing. */
  private virtualSubsystem(virtual: VirtualSubsystem): void {
    const top = this.y;
    const right = this.left + m.innerWidth - m.groupPadding;
    let x = this.left + m.groupPadding;
    let y = top + m.groupHead;
    const slots: { id: string; x: number; y: number; w: number; text: string }[] = [];
    for (const { controllerId, virtualControllerId } of virtual.members) {
      const text = slotText(findSecondary(this.fleet, controllerId), virtualControllerId);
      const w = Math.max(m.slotMinimum, Math.ceil(text.length * m.monoAdvance) + 18);
      if (x + w > right) {
        x = this.left + m.groupPadding;
        y += m.slotHeight + m.slotGap;
      }
      slots.push({ id: controllerId, x, y, w, text });
      x += w + m.slotGap;
    }
    const height = y + m.slotHeight + m.groupPadding - top;
    this.box('virtual-subsystem', virtual.id, virtual.id, this.left, top, m.innerWidth, height);
    for (const slot of slots)
      this.box('slot', slot.id, slot.id, slot.x, slot.y, slot.w, m.slotHeight, slot.text);
    this.y += height + m.cardGap;
  }

  private subsystem(host: Host, subsystemId: string, controllers: readonly string[]): void {
    const nqn = this.fleet.subsystems[subsystemId]?.nqn ?? subsystemId;
    this.label(`${host.id}:${subsystemId}`, 'NVM subsystem', nqn);
    for (const id of controllers) {
      const controller = this.fleet.controllers[id];
      if (controller?.role === 'primary') this.primary(controller);
      else if (controller?.role === 'plain') {
        this.box('plain', id, id, this.left, this.y, m.innerWidth, m.plainHeight);
        this.y += m.plainHeight + m.cardGap;
      }
    }
    this.namespaces(host, subsystemId);
    this.y += m.sectionGap;
  }

  private primary(primary: PrimaryController): void {
    const secondaries = secondariesOf(this.fleet, primary);
    const collapsed = collapse(secondaries, this.before.get(primary.id) ?? 0);
    this.shown.set(primary.id, collapsed.shown);
    const flexible = primary.vq.supported || primary.vi.supported;
    const top = this.y + m.primaryHead + (flexible ? m.barsHeight : 0);
    const count = collapsed.shown + collapsed.groups.length;
    const rows = Math.ceil(count / m.cellsPerRow);
    const grid = rows === 0 ? 14 : rows * m.cellPitchY - (m.cellPitchY - m.cellHeight);
    const height = top + grid + m.primaryBottom - this.y;
    this.box('primary', primary.id, primary.id, this.left, this.y, m.innerWidth, height);
    for (const [index, secondary] of secondaries.slice(0, collapsed.shown).entries())
      this.cells.push({ id: secondary.id, ...this.cellPlace(index, top) });
    this.more(primary, collapsed, top);
    this.y += height + m.cardGap;
  }

  /** The collapsed groups stand where the next cells would. */
  private more(primary: PrimaryController, collapsed: Collapsed, top: number): void {
    for (const [index, group] of collapsed.groups.entries()) {
      const { x, y } = this.cellPlace(collapsed.shown + index, top);
      const word = group.kind === 'free' ? 'free' : 'no VF';
      const text = `${group.ids.length} × ${word}`;
      this.box('more', `${primary.id}:${group.kind}`, primary.id, x, y, m.cellWidth, m.cellHeight, text);
    }
  }

  /** Upper left corner of the cell with this index in the grid that starts at `top`. */
  private cellPlace(index: number, top: number): { x: number; y: number } {
    return {
      x: this.left + m.primaryPadding + (index % m.cellsPerRow) * m.cellPitchX,
      y: top + Math.floor(index / m.cellsPerRow) * m.cellPitchY,
    };
  }

  /** Chips flow like words. `6.6` is the average advance of the monospaced face at 11 px. */
  private namespaces(host: Host, subsystemId: string): void {
    const ids = this.content.namespaces.get(subsystemId) ?? [];
    if (ids.length === 0) return;
    this.label(`${host.id}:${subsystemId}:namespaces`, 'Namespaces');
    let x = this.left;
    for (const id of ids) {
      const namespace = this.fleet.namespaces[id];
      if (namespace === undefined) continue;
      const text = namespaceText(this.fleet, namespace, host.id);
      const w = Math.min(m.innerWidth, Math.ceil(text.length * 6.6) + 16);
      if (x > this.left && x + w > this.left + m.innerWidth) {
        x = this.left;
        this.y += m.chipHeight + m.chipGap;
      }
      this.box('namespace', `${host.id}:${id}`, id, x, this.y, w, m.chipHeight, text);
      x += w + m.chipGap;
    }
    this.y += m.chipHeight;
  }
}
