import { type ProfileTraits, profileTraits } from '#shared/fleet-file/profile-traits.ts';
import type { ProfileName } from '#shared/fleet-file/schema.ts';
import { deviations as knownDeviations } from '#shared/known-devices/deviations.ts';
import type { Deviations } from '#shared/nvme/announcements/announcements.ts';
import type { StatusName } from '#shared/nvme/status.ts';
import type { MigrationInterface } from '#shared/vfio/schema.ts';
import { simulatedTracking, type TrackingLimits } from './tracking-limits.ts';

/** Where devices differ, and how this one decides: beside what a fleet file shows of it, how it behaves. */
export interface DeviceProfile extends ProfileTraits {
  /** As NVMe Base 2.1 has it where older devices differ: OACS bit 7, CNS 08h. */
  readonly standard: boolean;
  /** Where the device does not do what its Identify Controller says. */
  readonly deviations: Deviations;
  /** Answer to Virtualization Management on a controller that is not a primary. */
  readonly virtualizationElsewhere: StatusName;
  /** Identify announces Namespace Management (OACS bit 3) on controllers that are not secondaries. */
  readonly managesNamespaces: boolean;
  /** Identify announces Sanitize on controllers that are not secondaries: a guest must not erase the whole drive. */
  readonly sanitizes: boolean;
  /** Identify announces Host Managed Live Migration on primaries (OACS bit 11). */
  readonly migrates: boolean;
  /** How a VFIO variant driver saves and loads the virtual functions; null when nothing can. */
  readonly stateTransfer: StateTransferKind | null;
  /** Secondaries stay online when their primary is reset or loses its driver: they need nothing of it. */
  readonly functionsOutlivePrimary: boolean;
  /** Track Send, Track Receive and Controller Data Queue on primaries; null without them. */
  readonly tracking: TrackingLimits | null;
  /** The proposed function commands on primaries: live migration and visibility of each function. */
  readonly managesFunctions: boolean;
  /** Identify Controller of secondaries differs from the primary's where the specification asks for it. */
  readonly marksSecondaries: boolean;
  /** Secondaries are part of the NVM subsystem only while their virtual function is enabled. */
  readonly controllersFollowFunctions: boolean;
  /** Namespace Attachment takes effect controller by controller until one is refused, instead of all or none. */
  readonly attachesOneByOne: boolean;
  /** Refusals carry the More bit. */
  readonly moreOnRefusal: boolean;
  /** Refused commands leave entries in the Error Information log page. */
  readonly logsErrors: boolean;
  /** Log pages and status of an unknown one. */
  readonly unknownLogPage: StatusName;
  /** Feature identifiers that Get and Set Features know. */
  readonly features: readonly number[];
  /** Those whose value Set Features cannot change. */
  readonly fixedFeatures: readonly number[];
  /** SMART reports: available spare in percent, and whether it knows a temperature. */
  readonly availableSpare: number;
  readonly measuresTemperature: boolean;
  /** Command sets of Identify CNS 1Ch: bit 0 NVM, bit 2 Zoned Namespace. */
  readonly commandSets: number;
  /** I/O queue pairs in Number of Queues, 0's based, when they do not follow from resources. */
  readonly announcedQueues: number | null;
}

/** The interface, and the optional VFIO states that it is good for. */
interface StateTransferKind {
  readonly interface: MigrationInterface;
  readonly p2p: boolean;
  readonly preCopy: boolean;
}

const commonFeatures = [0x01, 0x02, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0e];
const controllerDataQueueFeature = 0x21;

/** What stands in its traits is not written a second time. */
type Behaviour = Omit<DeviceProfile, keyof ProfileTraits>;

const berth: Behaviour = {
  standard: true,
  deviations: knownDeviations.none,
  virtualizationElsewhere: 'invalidOpcode',
  managesNamespaces: true,
  sanitizes: true,
  migrates: true,
  stateTransfer: { interface: 'standard', p2p: true, preCopy: true },
  functionsOutlivePrimary: false,
  tracking: simulatedTracking,
  managesFunctions: true,
  marksSecondaries: true,
  controllersFollowFunctions: false,
  attachesOneByOne: false,
  moreOnRefusal: false,
  logsErrors: true,
  unknownLogPage: 'invalidLogPage',
  features: [...commonFeatures, controllerDataQueueFeature, 0x81],
  fixedFeatures: [],
  availableSpare: 100,
  measuresTemperature: true,
  commandSets: 1,
  announcedQueues: null,
};

const stopCopyOnly = { p2p: false, preCopy: false } as const;

/** The vendor-opcode device: no standard migration, no tracking; its vendor space is taken, so no proposed commands. */
const december2022: Behaviour = {
  ...berth,
  migrates: false,
  stateTransfer: { interface: 'vendor-2022', ...stopCopyOnly },
  tracking: null,
  managesFunctions: false,
  features: berth.features.filter((feature) => feature !== controllerDataQueueFeature),
};

const selfContained: Behaviour = {
  ...december2022,
  stateTransfer: { interface: 'self-contained', ...stopCopyOnly },
  functionsOutlivePrimary: true,
};

const behaviours: Readonly<Record<ProfileName, Behaviour>> = {
  berth,
  'vendor-2022': december2022,
  'self-contained': selfContained,
  'private-resources': berth,
  'siov-like': berth,
  // Its tracking limits count only where recorded Identify data announces tracking.
  announced: { ...berth, migrates: false, stateTransfer: null, managesFunctions: false },
  // As read off captures of QEMU 7.2; OACS bit 7 is clear in its Identify data although the command works.
  'qemu-7.2': {
    standard: false,
    deviations: knownDeviations.qemu,
    virtualizationElsewhere: 'invalidControllerIdentifier',
    managesNamespaces: false,
    sanitizes: false,
    migrates: false,
    stateTransfer: null,
    functionsOutlivePrimary: false,
    // Counts only where recorded Identify data announces it.
    tracking: simulatedTracking,
    managesFunctions: false,
    marksSecondaries: false,
    controllersFollowFunctions: true,
    attachesOneByOne: true,
    moreOnRefusal: false,
    logsErrors: false,
    unknownLogPage: 'invalidField',
    features: commonFeatures,
    fixedFeatures: [0x01, 0x02, 0x08, 0x09, 0x0a],
    availableSpare: 0,
    measuresTemperature: true,
    commandSets: 5,
    announcedQueues: null,
  },
  'linux-nvmet': {
    standard: false,
    deviations: knownDeviations.linuxTarget,
    virtualizationElsewhere: 'invalidOpcode',
    managesNamespaces: false,
    sanitizes: false,
    migrates: false,
    stateTransfer: null,
    functionsOutlivePrimary: false,
    // Counts only where recorded Identify data announces it.
    tracking: simulatedTracking,
    managesFunctions: false,
    marksSecondaries: false,
    controllersFollowFunctions: false,
    attachesOneByOne: false,
    moreOnRefusal: true,
    logsErrors: true,
    unknownLogPage: 'invalidField',
    features: [0x06, 0x07, 0x0b, 0x0f, 0x81],
    fixedFeatures: [],
    availableSpare: 0,
    measuresTemperature: false,
    commandSets: 1,
    announcedQueues: 127,
  },
};

export function deviceProfile(name: ProfileName): DeviceProfile {
  return { ...behaviours[name], ...profileTraits[name] };
}
