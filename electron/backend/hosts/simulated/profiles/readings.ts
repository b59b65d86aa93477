import type { FileSubsystem } from '#shared/fleet-file/schema.ts';

/** Where the specification can be read in two ways, and how a device reads it. */
export interface SpecificationReadings {
  /**
   * Status of a Controller Data Queue beyond MCUDMQ or MNSUDMQ: 5.1.4 says Invalid Field for any queue, the text about
   * user data migration queues says Not Enough Resources.
   */
  readonly queueLimitStatus: 'notEnoughResources' | 'invalidField';
  /**
   * Set Controller State of a target that is neither suspended nor an offline secondary: printed is "enabled", but an
   * enabled controller usually has the queues that make the command fail, so "disabled" may be meant.
   */
  readonly setStateNeeds: 'enabled' | 'disabled';
  /** SEQIND 11b commits as 10b does; the text names 10b only. */
  readonly onlyCommandCommits: boolean;
}

/** What the file says; else as printed, and where two texts differ the more specific one. */
export function readingsOf(file: FileSubsystem['readings']): SpecificationReadings {
  return {
    queueLimitStatus: file?.queueLimitStatus ?? 'notEnoughResources',
    setStateNeeds: file?.setStateNeeds ?? 'enabled',
    onlyCommandCommits: file?.onlyCommandCommits ?? true,
  };
}
