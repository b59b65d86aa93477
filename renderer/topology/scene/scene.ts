/** What a box of the scene stands for. `label` is text only and takes no pointer. */
export type BoxKind =
  | 'host'
  | 'label'
  | 'virtual-machine'
  | 'virtual-subsystem'
  | 'slot'
  | 'new-virtual-subsystem'
  | 'primary'
  | 'more'
  | 'plain'
  | 'namespace';

/** One rectangle in world units. `key` is unique in the scene, `id` the fleet id (a namespace may stand in two hosts). */
export interface Box {
  readonly kind: BoxKind;
  readonly key: string;
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  /** Words that the layout had to know for the size; everything else is read from the fleet when painted. */
  readonly text: string;
  /** Text at the right end of a label. */
  readonly aside: string;
}

/** The boxes and cells of one host, as ranges of the scene's arrays. */
export interface HostRange {
  readonly hostId: string;
  /** Index of the host's own box; its content follows. */
  readonly box: number;
  readonly boxEnd: number;
  readonly cellStart: number;
  readonly cellEnd: number;
}

/** The secondary controllers that are drawn, in flat arrays. All have the size of one cell. */
export interface CellTable {
  readonly ids: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Everything that the topology draws, with its places in world units. */
export interface Scene {
  readonly boxes: readonly Box[];
  readonly hosts: readonly HostRange[];
  readonly cells: CellTable;
  readonly width: number;
  readonly height: number;
  /** How many cells each primary shows; the next layout shows no fewer, so that nothing moves back. */
  readonly shown: ReadonlyMap<string, number>;
}

/** Whether two scenes have every box and cell in the same place; then only appearances can differ. */
export function samePlaces(left: Scene, right: Scene): boolean {
  if (left.boxes.length !== right.boxes.length || left.cells.ids.length !== right.cells.ids.length)
    return false;
  const boxes = left.boxes.every((box, index) => {
    const other = right.boxes[index];
    return (
      other !== undefined &&
      other.key === box.key &&
      other.x === box.x &&
      other.y === box.y &&
      other.w === box.w &&
      other.h === box.h &&
      other.text === box.text &&
      other.aside === box.aside
    );
  });
  return (
    boxes &&
    left.cells.ids.every(
      (id, index) =>
        id === right.cells.ids[index] &&
        left.cells.x[index] === right.cells.x[index] &&
        left.cells.y[index] === right.cells.y[index],
    )
  );
}

/** Cells that were shown before, by primary; `Infinity` expands a primary wholly. */
export type ShownCells = ReadonlyMap<string, number>;
