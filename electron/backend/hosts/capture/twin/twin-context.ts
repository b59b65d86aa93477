import type { Pacer } from '#shared/bounds/pieces.ts';
import type { Problem } from '#shared/fleet/schema.ts';
import type { Capture } from '../capture.ts';
import type { CapturedController } from '../snapshot.ts';

/** What the parts of the twin builder share. */
export interface TwinContext {
  readonly capture: Capture;
  readonly host: string;
  readonly notes: Problem[];
  readonly undescribed: Set<string>;
  /** Addresses that were given to controllers of which none was recorded. */
  readonly assumedAddresses: Map<string, string>;
  /** The virtual functions of a physical one by its address, then by their number. */
  readonly virtualFunctions: ReadonlyMap<string, ReadonlyMap<number, CapturedController>>;
  /** PCI addresses that have an owner: all physical functions, and the virtual functions of those that were built. */
  readonly addresses: Set<string>;
  /** Says when one piece of the work is over. */
  readonly pacer: Pacer;
}

/** Notes where the twin differs from what was recorded, or had to assume something; `source` is a file of the snapshot. */
export function note(context: TwinContext, { source, ...problem }: Problem): void {
  const { snapshot } = context.capture;
  context.notes.push({ ...problem, source: source === '' ? snapshot : `${snapshot}/${source}` });
}
