import { shortenList } from '#shared/bounds/shorten.ts';
import { suffixedHexadecimal } from '#shared/hexadecimal.ts';
import type { AdminCommand } from '#shared/nvme/command.ts';
import type { StatusName } from '#shared/nvme/status.ts';
import type { Refusal } from '../../refusal.ts';
import type { PciFunction } from '../host/pci-function.ts';
import { isPrimary, type SimulatedController, type SimulatedPrimary } from '../state/controller.ts';
import type { SimulatedNamespace } from '../state/namespace.ts';

/** The functions of the host that sent a command, and how it calls them. */
export interface CommandingHost {
  readonly functions: ReadonlyMap<string, PciFunction>;
  /** `nvme1`, or null without a device. */
  deviceName(entry: PciFunction): string | null;
}

/** A command that a controller refused, in the state that it is still in: a refused command changes nothing. */
export interface RefusedCommand {
  readonly host: CommandingHost;
  readonly controller: SimulatedController;
  readonly command: AdminCommand;
  readonly status: StatusName;
}

/** Tells one kind of command's refusals; null for what it does not know. */
export type RefusalTeller = (refused: RefusedCommand) => Refusal | null;

/** A command that only primary controllers have. */
export interface RefusedByPrimary extends RefusedCommand {
  readonly controller: SimulatedPrimary;
  /** The controller's name. */
  readonly who: string;
}

/** Tells refusals of a command that only primary controllers have. */
export function ofPrimary(tell: (refused: RefusedByPrimary) => Refusal | null): RefusalTeller {
  return ({ controller, ...refused }) =>
    isPrimary(controller)
      ? tell({ ...refused, controller, who: controllerName(refused.host, controller) })
      : null;
}

export function functionOf(host: CommandingHost, controller: SimulatedController): PciFunction | undefined {
  for (const entry of host.functions.values()) if (entry.controller === controller) return entry;
  return undefined;
}

/** `/dev/nvme0`; null where the host has no device for it. */
export function devicePath(host: CommandingHost, controller: SimulatedController): string | null {
  const entry = functionOf(host, controller);
  const name = entry === undefined ? null : host.deviceName(entry);
  return name === null ? null : `/dev/${name}`;
}

/** `/dev/nvme0 (CNTLID 0)`, or its PCI address where it has no device. */
export function controllerName(host: CommandingHost, controller: SimulatedController): string {
  const place = devicePath(host, controller) ?? functionOf(host, controller)?.address;
  return place === undefined ? `CNTLID ${controller.cntlid}` : `${place} (CNTLID ${controller.cntlid})`;
}

/** The device of a controller for a line; where it has none, a word to put it in. */
export function deviceForLine(host: CommandingHost, controller: SimulatedController): string {
  return devicePath(host, controller) ?? 'DEVICE';
}

/** `1, 2, 3`; says how many there are besides. */
export function listed(values: Iterable<number | string>, most = 8): string {
  const all = [...values];
  if (all.length === 0) return 'none';
  return shortenList(all.map(String), most, (left) => `${left} more`).join(', ');
}

/** `CNS 21h` */
export const hex = suffixedHexadecimal;

export function attachedTo(namespace: SimulatedNamespace): readonly number[] {
  return [...namespace.attachedTo].sort((left, right) => left - right);
}

/** A refusal whose line itself has to change. */
export function change(cause: string, fix: string): Refusal {
  return { cause, fix, lines: [] };
}
