/** Sizes of the topology scene in world units: CSS pixels at 100 %. Whole numbers, so that lines are crisp. */

/** Width of a host: eight cells beside each other in the card of a primary, with the paddings around them. */
export const hostWidth = 488;
/** Between hosts; wide enough for the arrow of a migration with its rate. */
export const hostGap = 52;
/** Around the whole scene. */
export const sceneMargin = 16;
/** Name and platform of a host, above the line. */
export const hostHeader = 42;
export const hostPadding = 14;
/** What is left for the content of a host. */
export const innerWidth = hostWidth - 2 * hostPadding;

/** Section label with the room below it. */
export const labelHeight = 22;
/** Between the sections of a host. */
export const sectionGap = 10;

/** Name and one line of facts; two machines stand beside each other. */
export const machineHeight = 50;
export const machineGap = 8;
export const machineWidth = (innerWidth - machineGap) / 2;

/** Around the slots of a virtual subsystem. */
export const groupPadding = 10;
/** Name, member count and NQN of a virtual subsystem, above its slots. */
export const groupHead = 48;
export const slotHeight = 26;
export const slotGap = 5;
/** Narrowest slot, so that a short text can still be hit and dropped on. */
export const slotMinimum = 62;
/** Average advance of the monospaced face at 11.5 px. */
export const monoAdvance = 6.9;
/** Between cards below each other. */
export const cardGap = 8;

/** Device, CNTLID and VF count of a primary, above its bars. */
export const primaryHead = 32;
/** The VQ and the VI budget, where the primary has flexible resources. */
export const barsHeight = 49;
/** Size of a cell: `VF 127` in the monospaced face, and a second line below it. */
export const cellWidth = 50;
export const cellHeight = 34;
/** From one cell to the next, the gap of 5 included. */
export const cellPitchX = 55;
export const cellPitchY = 39;
/** With eight, the VF numbers of the rows start at 1, 9, 17 … */
export const cellsPerRow = 8;
/** Left and right padding of a primary's card around eight cells: 12 + 435 + 13. */
export const primaryPadding = 12;
/** Below the last row of cells. */
export const primaryBottom = 11;

/** A controller without SR-IOV: two lines of text. */
export const plainHeight = 48;
/** A namespace. */
export const chipHeight = 21;
export const chipGap = 6;

/** Below this zoom cells are plain rectangles and text is left out. */
export const plainZoom = 0.6;
/** Limits of the zoom; 1: one world unit is one CSS pixel. */
export const smallestZoom = 0.1;
export const largestZoom = 3;
