/** Sizes of the topology scene in world units: CSS pixels at 100 %. Whole numbers, so that lines are crisp. */

export const hostWidth = 488;
export const hostGap = 52;
export const sceneMargin = 16;
export const hostHeader = 42;
export const hostPadding = 14;
export const innerWidth = hostWidth - 2 * hostPadding;

export const labelHeight = 22;
export const sectionGap = 10;

export const machineHeight = 50;
export const machineGap = 8;
export const machineWidth = (innerWidth - machineGap) / 2;

export const groupPadding = 10;
export const groupHead = 48;
export const slotHeight = 26;
export const slotGap = 5;
export const slotMinimum = 62;
/** Average advance of the monospaced face at 11.5 px. */
export const monoAdvance = 6.9;
export const cardGap = 8;

export const primaryHead = 32;
export const barsHeight = 49;
export const cellWidth = 50;
export const cellHeight = 34;
export const cellPitchX = 55;
export const cellPitchY = 39;
export const cellsPerRow = 8;
/** Left and right padding of a primary's card around eight cells: 12 + 435 + 13. */
export const primaryPadding = 12;
export const primaryBottom = 11;

export const plainHeight = 48;
export const chipHeight = 21;
export const chipGap = 6;

/** Below this zoom cells are plain rectangles and text is left out. */
export const plainZoom = 0.6;
export const smallestZoom = 0.1;
export const largestZoom = 3;
