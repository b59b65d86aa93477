import { decodeBase64 } from '#shared/fleet-file/base64.ts';
import type { FileController } from '#shared/fleet-file/controller/controller-schema.ts';
import { announcements, managementBits } from '#shared/nvme/announcements/announcements.ts';
import { vendorMigrationAnnouncement } from '#shared/nvme/layouts/controller-state/vendor-migration-support.ts';
import {
  blankIdentifyController,
  encodeIdentifyController,
} from '#shared/nvme/layouts/identify/identify-controller.ts';
import { encodeFunctionSupport } from '#shared/nvme/layouts/proposal/function-support.ts';
import { encodeVirtualSubsystemSupport } from '#shared/nvme/layouts/proposal/virtual-subsystem-support.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { DeviceProfile } from '../../profiles/profile.ts';
import { trackingFields } from '../../profiles/tracking-limits.ts';
import { criticalKelvin, warningKelvin } from '../../state/drive-health.ts';
import { sanitizeCapabilities } from '../namespaces/sanitize.ts';

/** Limits of the proposed virtual subsystem commands on a simulated controlling function. */
export const virtualSubsystemLimits = { version: 1, maxvs: 64, maxvc: 256, vscap: 0x1f } as const;

/** Bits of CMIC that the profile decides (NVMe Base 2.1, 5.1.13.2.1). */
const cmic = { severalPorts: 1, severalControllers: 2, virtualFunction: 4 } as const;
const sharedCapabilities = 0x0002;
/** LPA: effects log and extended data; since NVMe Base 2.0 also the list of log pages (bit 5). */
const logPages = { standard: 0x26, older: 0x06 } as const;
/** The vendor part of Identify Controller. */
const vendorPartOffset = 3072;

export interface TemplateSurroundings {
  readonly profile: DeviceProfile;
  readonly subsystemNqn: string;
  /** The NVM subsystem is reached from several hosts. */
  readonly severalPorts: boolean;
  readonly capacityBytes: bigint;
  readonly freeBytes: bigint;
}

/**
 * Identify Controller (CNS 01h) of a controller of the fleet file, or of its secondaries, without its CNTLID. The bytes
 * of a captured device are taken as they are, because a twin must answer the same.
 */
export function identifyTemplate(
  file: FileController,
  role: 'primary' | 'secondary' | 'plain',
  around: TemplateSurroundings,
): Result<Uint8Array> {
  const { identify } = file;
  if (identify.kind === 'bytes') return succeed(decodeBase64(identify.identifyController));
  const { identity, capabilities } = identify;
  const { profile } = around;
  const isPrimary = role === 'primary';
  const several = file.role === 'primary' || around.severalPorts;
  const bytes = encodeIdentifyController({
    ...blankIdentifyController(),
    vid: identity.vid,
    ssvid: identity.ssvid,
    sn: identity.serialNumber.padEnd(20),
    mn: identity.modelNumber.padEnd(40),
    fr: identity.firmwareRevision.padEnd(8),
    rab: 6,
    ieee: identity.ieee,
    cmic:
      (several ? cmic.severalControllers : 0) |
      (around.severalPorts ? cmic.severalPorts : 0) |
      (role === 'secondary' && profile.marksSecondaries ? cmic.virtualFunction : 0),
    mdts: capabilities.mdts,
    ver: identity.version,
    rtd3r: 500_000,
    rtd3e: 2_000_000,
    oaes: capabilities.oaes,
    ctratt: capabilities.ctratt,
    cntrltype: 1,
    oacs: optionalAdminCommands(capabilities.oacs, role, profile),
    acl: capabilities.acl,
    aerl: capabilities.aerl,
    frmw: capabilities.frmw,
    lpa: capabilities.lpa ?? (profile.standard ? logPages.standard : logPages.older),
    elpe: capabilities.elpe,
    npss: capabilities.npss,
    avscc: 1,
    wctemp: warningKelvin,
    cctemp: criticalKelvin,
    // No host memory buffer on a device that migrates: HMPRE and HMMIN stay 0.
    tnvmcap: around.capacityBytes,
    unvmcap: around.freeBytes,
    sanicap: profile.sanitizes && role !== 'secondary' ? sanitizeCapabilities : 0,
    sqes: capabilities.sqes,
    cqes: capabilities.cqes,
    maxcmd: capabilities.maxcmd,
    nn: capabilities.nn,
    oncs: capabilities.oncs,
    fuses: capabilities.fuses,
    fna: capabilities.fna,
    vwc: capabilities.vwc,
    kas: capabilities.kas,
    ocfs: capabilities.ocfs,
    sgls: capabilities.sgls,
    mnan: capabilities.mnan,
    ...(isPrimary && profile.migrates && profile.tracking ? trackingFields(profile.tracking) : {}),
    subnqn: around.subsystemNqn,
    psds: [{ ...firstPowerState() }],
  });
  if (!bytes.ok)
    return fail('invalid-file', `Controller ${file.cntlid}: ${bytes.error.message}`, {
      object: `controller ${file.cntlid} of host ${file.host}`,
      field: bytes.error.field ?? 'identify',
      ...(bytes.error.fix === undefined ? {} : { fix: bytes.error.fix }),
    });
  if (isPrimary && profile.stateTransfer?.interface === 'vendor-2022')
    bytes.value[vendorPartOffset] = vendorMigrationAnnouncement;
  if (!isPrimary || !profile.virtualSubsystems) return bytes;
  const virtual = encodeVirtualSubsystemSupport(virtualSubsystemLimits);
  if (!virtual.ok || !profile.managesFunctions) return withVendorPart(bytes.value, virtual);
  const { provisioned } = file.role === 'primary' ? file : { provisioned: undefined };
  const support = {
    version: 1,
    fncap: provisioned === undefined ? 1 : 3,
    maxpf: provisioned?.maximum ?? 0,
    fpcid: provisioned?.firstCntlid ?? 0,
  };
  return withVendorPart(bytes.value, encodeFunctionSupport(support, virtual.value));
}

/** What the file says, else what the profile has. Managing the drive is not for secondaries, whatever the file says. */
function optionalAdminCommands(
  stated: number | undefined,
  role: 'primary' | 'secondary' | 'plain',
  profile: DeviceProfile,
): number {
  const { namespaceManagement, virtualizationManagement, liveMigration } = announcements;
  if (role === 'secondary') return (stated ?? sharedCapabilities) & ~managementBits;
  if (stated !== undefined)
    return role === 'primary' ? stated : stated & ~(virtualizationManagement.mask | liveMigration.mask);
  const isPrimary = role === 'primary';
  return (
    sharedCapabilities |
    (profile.managesNamespaces ? namespaceManagement.mask : 0) |
    (isPrimary && profile.standard ? virtualizationManagement.mask : 0) |
    (isPrimary && profile.migrates ? liveMigration.mask : 0)
  );
}

function withVendorPart(bytes: Uint8Array, vendor: Result<Uint8Array>): Result<Uint8Array> {
  if (!vendor.ok) return vendor;
  bytes.set(vendor.value, vendorPartOffset);
  return succeed(bytes);
}

function firstPowerState() {
  const blank = blankIdentifyController().psds[0];
  if (blank === undefined) throw new Error('Identify Controller has no power state descriptors');
  // 25.00 W in hundredths of a watt.
  return { ...blank, mp: 2500 };
}
