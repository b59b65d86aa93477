import type { Fleet } from '#shared/fleet/schema.ts';
import type { Activity } from '../activity.ts';
import type { CellAppearances } from '../cell-appearance.ts';
import type { SceneLink } from '../scene/links.ts';
import type { Scene } from '../scene/scene.ts';

/** What a drop on a box would do while something is carried. */
export interface DropHint {
  readonly allowed: boolean;
  /** Short words for the target: `drop → vcid 22`; for a refusal the first reason. */
  readonly words: string;
}

/** What is carried now and where it could be dropped; everything else is dimmed. */
export interface CarryPaint {
  readonly ids: ReadonlySet<string>;
  /** By box key; boxes that are not in it are no targets at all. */
  readonly hints: ReadonlyMap<string, DropHint>;
  /** Key of the box under the pointer or chosen by keyboard. */
  readonly over: string | null;
}

/** Everything that one painting of the scene needs. */
export interface PaintModel {
  readonly fleet: Fleet;
  readonly scene: Scene;
  readonly appearances: CellAppearances;
  readonly selection: ReadonlySet<string>;
  /** Key of the focused box, or id of the focused cell; null without keyboard focus. */
  readonly focus: string | null;
  /** Key of the box or id of the cell under the pointer. */
  readonly hover: string | null;
  readonly carry: CarryPaint | null;
  /** Lines of what is hovered or selected. */
  readonly links: readonly SceneLink[];
  readonly activity: Activity;
  /** Lasso corners in CSS pixels of the canvas. */
  readonly lasso: {
    readonly x0: number;
    readonly y0: number;
    readonly x1: number;
    readonly y1: number;
  } | null;
}
