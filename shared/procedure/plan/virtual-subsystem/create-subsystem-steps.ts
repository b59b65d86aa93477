import { largestControllerId } from '../../../fleet/rules/assignment.ts';
import type { Fleet, PrimaryController, VirtualIdentity } from '../../../fleet/schema.ts';
import { controllerFullTitle, hostTitle, virtualSubsystemTitle } from '../../../fleet/selectors.ts';
import { checkVirtualNqn } from '../../../nvme/nqn.ts';
import { pciBlockers } from '../../../virtual-subsystem/identity/identity-wire.ts';
import type { ExposedCapability } from '../../../virtual-subsystem/mask/exposed-capability.ts';
import type { PlanBuilder } from '../builder.ts';
import { controllerChangeBlockers } from '../change-blockers.ts';

/** What a new virtual subsystem needs. */
export interface NewSubsystem {
  readonly nqn: string;
  readonly primaryVirtualId: number;
  readonly identity: VirtualIdentity;
  readonly exposed?: readonly ExposedCapability[] | undefined;
}

const phase = 'Virtual subsystem';

/** Adds the steps that create a virtual subsystem and narrow it, or every reason against it. */
export function createSubsystem(
  builder: PlanBuilder,
  primary: PrimaryController,
  { nqn, primaryVirtualId, identity, exposed = [] }: NewSubsystem,
): void {
  const { fleet } = builder;
  const primaryId = primary.id;
  const reasons = [
    ...controllerChangeBlockers(fleet, primary, 'changeControllers', 'virtualSubsystems'),
    ...nameBlockers(fleet, nqn),
    ...identityBlockers(identity),
  ];
  if (!primary.virtualSubsystems.available)
    reasons.push(`${controllerFullTitle(fleet, primary)}: ${primary.virtualSubsystems.reason}`);
  if (primaryVirtualId > largestControllerId)
    reasons.push(
      `Virtual id ${primaryVirtualId} is reserved; use 0 to ${largestControllerId} (NVMe Base 2.1, 3.1.3.1).`,
    );
  builder.blockers.push(...reasons);
  builder.consequences.push(...nameConsequences(fleet, primaryId, nqn, identity));
  if (reasons.length > 0) return;
  builder.add({ kind: 'virtual-subsystem-create', primaryId, nqn, primaryVirtualId, identity }, phase);
  if (exposed.length > 0)
    builder.add({ kind: 'virtual-subsystem-set-capabilities', primaryId, nqn, exposed: [...exposed] }, phase);
}

function nameBlockers(fleet: Fleet, nqn: string): string[] {
  const checked = checkVirtualNqn(nqn);
  if (!checked.ok) return [`${checked.error.message}. ${checked.error.fix ?? ''}`.replace('..', '.').trim()];
  return fleet.subsystems[nqn] === undefined
    ? []
    : [`${nqn} is the NQN of a physical NVM subsystem of this fleet. Choose another name.`];
}

/** Names that exist elsewhere: right for the two ends of a migration, wrong for two guests. */
function nameConsequences(fleet: Fleet, primaryId: string, nqn: string, identity: VirtualIdentity): string[] {
  const words: string[] = [];
  const checked = checkVirtualNqn(nqn);
  if (checked.ok && checked.value.warning !== undefined) words.push(checked.value.warning);
  const others = Object.values(fleet.virtualSubsystems);
  const twins = others.filter((other) => other.nqn === nqn && other.primaryId !== primaryId);
  if (twins.length > 0) {
    const hosts = twins.map((twin) => hostTitle(fleet, twin.hostId)).join(', ');
    words.push(
      `The same virtual NQN exists on ${hosts}: right for a migration, wrong for two guests at once.`,
    );
  }
  const { serialNumber } = identity;
  const same = others.find(
    (other) => other.nqn !== nqn && serialNumber !== '' && other.identity.serialNumber === serialNumber,
  );
  if (same !== undefined)
    words.push(
      `${virtualSubsystemTitle(same)} has the serial number ${serialNumber} too; guests may take both for one drive.`,
    );
  return words;
}

/** Lengths of SN, MN and FR in Identify Controller (NVMe Base 2.1, 5.1.13.2.1). */
const identityLengths = { serialNumber: 20, modelNumber: 40, firmwareRevision: 8 } as const;
const identityNames = {
  serialNumber: 'serial number',
  modelNumber: 'model',
  firmwareRevision: 'firmware revision',
} as const;

export function identityBlockers(identity: VirtualIdentity): string[] {
  const texts = (['serialNumber', 'modelNumber', 'firmwareRevision'] as const).flatMap((field) => {
    const text = identity[field];
    if (text.length > identityLengths[field])
      return [
        `The virtual ${identityNames[field]} has ${text.length} characters; ${identityLengths[field]} fit.`,
      ];
    if (!/^[\x20-\x7e]*$/.test(text))
      return [
        `The virtual ${identityNames[field]} holds a character that is not printable ASCII. Remove it.`,
      ];
    return [];
  });
  return [...texts, ...pciBlockers(identity.pci)];
}
