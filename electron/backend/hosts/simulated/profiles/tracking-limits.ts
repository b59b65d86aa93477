import type { FileTrackingLimits } from '#shared/fleet-file/tracking/tracking-schema.ts';

/** What a device can track for migrations, as Identify Controller bytes 570-587 tell it (NVMe Base 2.1, 5.1.13.2.1). */
export interface TrackingLimits {
  /** CMMRTD and NMMRTD: memory range descriptors of one controller and of the NVM subsystem. */
  readonly controllerRanges: number;
  readonly subsystemRanges: number;
  /** MINMRTG and MAXMRTG: granularity exponents, 2^n times 4 KiB. */
  readonly finest: number;
  readonly coarsest: number;
  /** TRATTR bit 2 (MRTLL): lengths must be powers of two. */
  readonly powerOfTwoLengths: boolean;
  /** MCUDMQ and MNSUDMQ: user data migration queues of one controller and of the NVM subsystem. */
  readonly controllerQueues: number;
  readonly subsystemQueues: number;
  /** MCMR and NMCMR: memory ranges of one Controller Data Queue, and of all of the NVM subsystem. */
  readonly queueRanges: number;
  readonly subsystemQueueRanges: number;
  /** MCDQPC: PRP entries in the list of one queue. */
  readonly queuePages: number;
  /** Granules whose changes the NVM subsystem's memory can note at once; more is answered with status 38h. */
  readonly granules: number;
}

/** The simulated drive: enough for a rack's worth of migrations at once, and 256 GiB at 4 KiB granularity. */
export const simulatedTracking: TrackingLimits = {
  controllerRanges: 256,
  subsystemRanges: 1024,
  finest: 0,
  coarsest: 9,
  powerOfTwoLengths: false,
  controllerQueues: 8,
  subsystemQueues: 16,
  queueRanges: 512,
  subsystemQueueRanges: 2048,
  queuePages: 512,
  granules: 2 ** 26,
};

/** A profile with the limits that a fleet file gives; a device that cannot track has none to change. */
export function withTrackingLimits<Profile extends { readonly tracking: TrackingLimits | null }>(
  profile: Profile,
  limits: FileTrackingLimits | undefined,
): Profile {
  if (profile.tracking === null || limits === undefined) return profile;
  const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  return { ...profile, tracking: { ...profile.tracking, ...given } };
}

/** TRATTR: host memory changes (bit 0), user data changes (bit 1), lengths limited (bit 2). */
const attributes = { memory: 1, userData: 2, powerOfTwoLengths: 4 } as const;

/** The fields of Identify Controller of a controller that tracks; a secondary must not. */
export function trackingFields(limits: TrackingLimits) {
  return {
    cmmrtd: limits.controllerRanges,
    nmmrtd: limits.subsystemRanges,
    minmrtg: limits.finest,
    maxmrtg: limits.coarsest,
    trattr:
      attributes.memory | attributes.userData | (limits.powerOfTwoLengths ? attributes.powerOfTwoLengths : 0),
    mcudmq: limits.controllerQueues,
    mnsudmq: limits.subsystemQueues,
    mcmr: limits.queueRanges,
    nmcmr: limits.subsystemQueueRanges,
    mcdqpc: limits.queuePages,
  };
}
