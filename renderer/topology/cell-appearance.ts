import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { findSecondary, isMigrating } from '#shared/fleet/selectors.ts';
import { ownerTints } from '../ui/owner-tint.ts';
import type { CellTable } from './scene/scene.ts';

/** State of a secondary as it is drawn. Each has its own shape, so that colour is never needed. */
export const cellStates = ['offline', 'online', 'migrating', 'error', 'absent', 'failed'] as const;
/** State of a secondary as it is drawn. */
export type CellState = (typeof cellStates)[number];

/** The one state that a cell shows, the gravest first. */
export function cellState(fleet: Fleet, secondary: SecondaryController): CellState {
  if (secondary.failure !== undefined) return 'failed';
  if (secondary.vfioState === 'ERROR') return 'error';
  if (isMigrating(fleet, secondary)) return 'migrating';
  if (secondary.online) return 'online';
  return secondary.pciAddress === null && secondary.vfn > 0 ? 'absent' : 'offline';
}

/** How each cell looks, one number per secondary: compared to find the cells that must be painted again. */
export interface CellAppearances {
  readonly values: Float64Array;
  /** Tints by virtual NQN, 1-6. */
  readonly tints: ReadonlyMap<string, number>;
}

/** All that decides how a cell is painted. */
export interface CellAppearance {
  readonly state: CellState;
  /** 0: no virtual subsystem. */
  readonly tint: number;
  readonly machine: boolean;
  readonly dim: boolean;
  readonly nvq: number;
  readonly nvi: number;
}

/** Packs appearances: state 3 bits, tint 3, machine 1, dimmed 1, then NVQ and NVI with 16 bits each. */
export function packAppearance(appearance: CellAppearance): number {
  const low =
    cellStates.indexOf(appearance.state) |
    (appearance.tint << 3) |
    (Number(appearance.machine) << 6) |
    (Number(appearance.dim) << 7);
  return low + appearance.nvq * 2 ** 8 + appearance.nvi * 2 ** 24;
}

/** The inverse of `packAppearance`. */
export function unpackAppearance(value: number): CellAppearance {
  const low = value % 256;
  return {
    state: cellStates[low & 7] ?? 'offline',
    tint: (low >> 3) & 7,
    machine: (low & 64) !== 0,
    dim: (low & 128) !== 0,
    nvq: Math.floor(value / 2 ** 8) % 2 ** 16,
    nvi: Math.floor(value / 2 ** 24) % 2 ** 16,
  };
}

/** 0 for an id that is not of a secondary: it looks like an offline one outside every virtual subsystem. */
function appearanceOf(
  fleet: Fleet,
  id: string,
  tints: CellAppearances['tints'],
  matches: ((secondary: SecondaryController) => boolean) | null,
): number {
  const secondary = findSecondary(fleet, id);
  if (secondary === undefined) return 0;
  const virtual = fleet.virtualSubsystems[secondary.virtualSubsystemId ?? ''];
  return packAppearance({
    state: cellState(fleet, secondary),
    tint: virtual === undefined ? 0 : (tints.get(virtual.nqn) ?? 0),
    machine: secondary.virtualMachineId !== null,
    dim: matches !== null && !matches(secondary),
    nvq: secondary.nvq,
    nvi: secondary.nvi,
  });
}

/** The appearances of all cells; `matches` tells which stay bright under the current filter (null: all). */
export function cellAppearances(
  fleet: Fleet,
  cells: CellTable,
  matches: ((secondary: SecondaryController) => boolean) | null,
): CellAppearances {
  const tints = ownerTints(Object.values(fleet.virtualSubsystems).map(({ nqn }) => nqn));
  return { values: Float64Array.from(cells.ids, (id) => appearanceOf(fleet, id, tints, matches)), tints };
}

/** The appearances after a change of the fleet, without a filter: only those of secondaries that changed are made anew. */
export function refreshAppearances(
  appearances: CellAppearances,
  before: Fleet,
  after: Fleet,
  cells: CellTable,
): CellAppearances {
  if (
    before.virtualSubsystems !== after.virtualSubsystems ||
    before.virtualMachines !== after.virtualMachines
  )
    return cellAppearances(after, cells, null);
  if (before.controllers === after.controllers) return appearances;
  const values = appearances.values.slice();
  for (const [index, id] of cells.ids.entries())
    if (before.controllers[id] !== after.controllers[id])
      values[index] = appearanceOf(after, id, appearances.tints, null);
  return { values, tints: appearances.tints };
}

/** Indexes of the cells whose appearances differ. Both must belong to scenes with the same places. */
export function changedCells(before: CellAppearances, after: CellAppearances): number[] {
  const changed: number[] = [];
  for (let index = 0; index < after.values.length; index += 1)
    if (before.values[index] !== after.values[index]) changed.push(index);
  return changed;
}
