import type { FleetFile } from '#shared/fleet-file/schema.ts';

/** A fleet that comes with the program. */
export interface BuiltInFleet {
  /** What a command line names it. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  build(): FleetFile;
}
