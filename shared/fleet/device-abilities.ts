import { type KnownDevice, knownDevice } from '../known-devices/known-devices.ts';
import { announcedWords, announcing, isAnnouncedBy, offeredBy } from '../known-devices/offered-by.ts';
import { adminOpcodes } from '../nvme/commands/table.ts';
import { unreachable } from '../result.ts';
import { migrationInterfaces } from '../vfio/migration-interface.ts';
import type { VfioFlags } from '../vfio/schema.ts';
import { gapWords } from './gap.ts';
import type { Capability, Controller, Fleet, PlainController, PrimaryController } from './schema.ts';
import { controllerFullTitle, findPrimary, secondariesOf } from './selectors.ts';

/** Whether a device can do something. `unknown`: nobody can be asked now. */
export interface DeviceAbility {
  readonly key: string;
  readonly title: string;
  readonly verdict: 'yes' | 'no' | 'unknown';
  /** What it was told by, or why not. */
  readonly reason: string;
}

/**
 * Everything that a device can or cannot do for guests and migrations, with the reason: derived once, for the inspector,
 * the list, reports and the command line. It uses only what discovery read.
 */
export function deviceAbilities(fleet: Fleet, controller: Controller): readonly DeviceAbility[] {
  switch (controller.role) {
    case 'plain':
      return plainAbilities(controller);
    case 'primary':
      return abilities(fleet, controller, boundFlags(fleet, controller));
    case 'secondary': {
      const primary = findPrimary(fleet, controller.primaryId);
      if (primary === undefined) return [];
      const { flags, reason } = controller.vfioOffer;
      return abilities(fleet, primary, { flags, reason: sentence(reason) });
    }
    default:
      return unreachable(controller);
  }
}

/** The profile of the kind of device that it is; null where nothing is known of such devices. */
export function knownDeviceOf(controller: Controller): KnownDevice | null {
  return knownDevice(announcing(controller).identity);
}

/** `Host Managed Live Migration`, or `none`. */
export function interfaceWords(primary: PrimaryController): string {
  return primary.migrationInterface === null ? 'none' : migrationInterfaces[primary.migrationInterface].title;
}

/** How it is migrated, for a column of a list: `standard · P2P · PRE_COPY`; only what is there. */
export function abilitySummary(fleet: Fleet, controller: Controller): string {
  const primary =
    controller.role === 'primary'
      ? controller
      : controller.role === 'secondary'
        ? findPrimary(fleet, controller.primaryId)
        : undefined;
  if (primary === undefined || primary.migrationInterface === null) return 'none';
  const { flags } = controller.role === 'secondary' ? controller.vfioOffer : boundFlags(fleet, primary);
  const optional = flags === null ? [] : [flags.p2p ? 'P2P' : '', flags.preCopy ? 'PRE_COPY' : ''];
  const words = optional.filter((word) => word !== '');
  const rest = flags !== null && words.length === 0 ? ['STOP_COPY only'] : words;
  return [migrationInterfaces[primary.migrationInterface].brief, ...rest].join(' · ');
}

interface KnownFlags {
  readonly flags: VfioFlags | null;
  readonly reason: string;
}

/** What the driver of any bound secondary says; all functions of one primary are alike. */
function boundFlags(fleet: Fleet, primary: PrimaryController): KnownFlags {
  const bound = secondariesOf(fleet, primary).find((secondary) => secondary.vfioOffer.flags !== null);
  if (bound !== undefined) return { flags: bound.vfioOffer.flags, reason: sentence(bound.vfioOffer.reason) };
  const reason =
    primary.migrationInterface === null
      ? primary.migrationEvidence
      : 'None of its secondaries is bound to a VFIO driver now, and only the driver can say.';
  return { flags: null, reason };
}

function abilities(fleet: Fleet, primary: PrimaryController, vfio: KnownFlags): DeviceAbility[] {
  const title = controllerFullTitle(fleet, primary);
  return [
    virtualization(
      secondariesOf(fleet, primary).filter(({ unlisted }) => unlisted === undefined).length,
      offeredCommand(
        primary,
        title,
        'virtualization',
        'Virtualization Management',
        adminOpcodes.virtualizationManagement,
      ),
    ),
    flexibleResources(primary),
    offeredCommand(
      primary,
      title,
      'namespace-management',
      'Namespace management',
      adminOpcodes.namespaceManagement,
    ),
    {
      key: 'migration',
      title: 'Migration interface',
      verdict: primary.migrationInterface === null ? 'no' : 'yes',
      reason:
        primary.migrationInterface === null
          ? primary.migrationEvidence
          : `${interfaceWords(primary)}: ${migrationInterfaces[primary.migrationInterface].how}. ${primary.migrationEvidence}`,
    },
    flag('p2p', 'Peer-to-peer quiescence (P2P)', vfio, 'p2p'),
    flag('pre-copy', 'Early state (PRE_COPY)', vfio, 'preCopy'),
    memoryTracking(primary, vfio),
    tracking('user-data', 'Tracking of user data', primary.userDataTracking, 1),
    {
      key: 'virtual-subsystems',
      title: 'Virtual subsystems (proposal)',
      verdict: primary.virtualSubsystems.available ? 'yes' : 'no',
      reason: primary.virtualSubsystems.available
        ? 'The proposed commands are announced in the vendor part of Identify Controller. Not an NVMe standard.'
        : primary.virtualSubsystems.reason,
    },
  ];
}

function offeredCommand(
  primary: PrimaryController,
  device: string,
  key: string,
  title: string,
  opcode: number,
): DeviceAbility {
  const asked = announcing(primary);
  const offered = offeredBy(asked, 'adminCommands', opcode);
  const words = announcedWords(asked, device, 'adminCommands', opcode);
  if (offered === undefined || words === null)
    return { key, title, verdict: 'unknown', reason: `${device} did not answer Identify Controller.` };
  const known = knownDevice(asked.identity);
  return {
    key,
    title,
    verdict: offered ? 'yes' : 'no',
    reason:
      offered === isAnnouncedBy(asked, 'adminCommands', opcode) || known === null
        ? `${words}.`
        : `${words}, but a ${known.title} ${offered ? 'has the command' : 'refuses the command'} all the same.`,
  };
}

function flexibleResources({ vq, vi }: PrimaryController): DeviceAbility {
  const about = { key: 'flexible-resources', title: 'Flexible resources' };
  const { gap } = vq;
  if (gap?.kind === 'not-recorded')
    return {
      ...about,
      verdict: 'unknown',
      reason: `Primary Controller Capabilities are ${gapWords(gap)}.`,
    };
  if (gap?.kind === 'not-supported')
    return { ...about, verdict: 'no', reason: `Primary Controller Capabilities are ${gapWords(gap)}.` };
  const types = [vq.supported ? 'VQ' : '', vi.supported ? 'VI' : ''].filter((word) => word !== '');
  return {
    ...about,
    verdict: types.length > 0 ? 'yes' : 'no',
    reason:
      types.length > 0
        ? `CRT lists ${types.join(' and ')}.`
        : 'CRT is 0: every controller has resources of its own. Nothing can be assigned; a secondary controller goes online without any.',
  };
}

/** The command may work without its bit, as with QEMU 7.2: what answered counts more than what is announced. */
function virtualization(listed: number, announced: DeviceAbility): DeviceAbility {
  if (announced.verdict === 'yes' || listed === 0) return announced;
  return {
    ...announced,
    verdict: 'yes',
    reason: `It has a Secondary Controller List, although ${announced.reason}`,
  };
}

function flag(
  key: string,
  title: string,
  { flags, reason }: KnownFlags,
  name: keyof VfioFlags,
): DeviceAbility {
  if (flags === null) return { key, title, verdict: 'unknown', reason };
  return { key, title, verdict: flags[name] ? 'yes' : 'no', reason };
}

function memoryTracking(primary: PrimaryController, vfio: KnownFlags): DeviceAbility {
  const device = tracking('memory', 'Dirty tracking of memory', primary.memoryTracking, 0);
  if (device.verdict !== 'yes' || vfio.flags === null || vfio.flags.dmaLogging) return device;
  return { ...device, verdict: 'no', reason: `${device.reason} But ${vfio.reason}` };
}

function tracking(key: string, title: string, capability: Capability, bit: number): DeviceAbility {
  return capability.available
    ? { key, title, verdict: 'yes', reason: `TRATTR bit ${bit} of Identify Controller is 1.` }
    : { key, title, verdict: 'no', reason: capability.reason };
}

function plainAbilities(controller: PlainController): DeviceAbility[] {
  const command = knownDeviceOf(controller)?.sriovSwitch ?? null;
  const reason =
    controller.transport === 'pcie'
      ? `It has no SR-IOV capability, so it has no function to give to a guest.${command === null ? '' : ` On such a drive ${command} switches it on.`}`
      : 'A fabrics controller has no functions.';
  return [{ key: 'functions', title: 'Functions for guests', verdict: 'no', reason }];
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase();
  return `${first}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
