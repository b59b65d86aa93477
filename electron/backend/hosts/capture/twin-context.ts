import type { Problem } from '#shared/fleet/schema.ts';
import type { Capture } from './capture.ts';

/** What the parts of the twin builder share. */
export interface TwinContext {
  readonly capture: Capture;
  readonly host: string;
  readonly notes: Problem[];
  readonly undescribed: Set<string>;
}
